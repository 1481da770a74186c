import SparringScenario

/// A format whose files are documents of YAML or JSON, with a list of recordings in them.
protocol DocumentFormat {
    /// The recordings in a document; nil if the document is in another format.
    static func interactions(in root: YAMLNode) -> [YAMLNode]?

    /// - Returns: nil for a recording without an answer.
    static func exchange(_ node: YAMLNode, _ files: BodyFiles) throws(ImportMistake) -> ImportedExchange?
}

/// Bodies that are in files of their own.
package struct BodyFiles: Sendable {
    /// Nil for a name that cannot be read.
    package var read: @Sendable (String) -> [UInt8]?

    package init(_ read: @escaping @Sendable (String) -> [UInt8]? = { _ in nil }) { self.read = read }
}
