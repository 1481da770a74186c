import SparringScenario

/// A format whose files are YAML or JSON documents that contain a list of recordings.
protocol DocumentFormat {
    /// The recordings in a document; nil if the document is in another format.
    static func interactions(in root: YAMLNode) -> [YAMLNode]?

    /// - Returns: nil for a recording without an answer.
    static func exchange(_ node: YAMLNode, _ files: BodyFiles) throws(ImportMistake) -> ImportedExchange?
}

/// Reads the bodies that are stored in separate files.
package struct BodyFiles: Sendable {
    /// Returns the content of the file; nil if the file cannot be read.
    package var read: @Sendable (String) -> [UInt8]?

    package init(_ read: @escaping @Sendable (String) -> [UInt8]? = { _ in nil }) { self.read = read }
}
