/// A mistake in a file, with its place. Lines and columns are counted from 1.
package struct Diagnostic: Sendable, Hashable, CustomStringConvertible {
    package var file: String
    package var line: Int
    package var column: Int
    package var message: String
    /// The place in words, such as `step 1, error`. Nil if line and column suffice, or if the mistake concerns the whole text.
    package var place: String?

    package var description: String { "\(file):\(line):\(column): \(message)" }
}

/// All mistakes of a file, in the order of their places.
package struct Mistakes: Error, Sendable {
    package var diagnostics: [Diagnostic]
}
