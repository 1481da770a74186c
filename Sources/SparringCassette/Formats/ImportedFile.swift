/// The recordings of one file.
package struct ImportedFile: Sendable, Hashable {
    package var exchanges: [ImportedExchange] = []
    /// The recordings that cannot be imported, each with its place and the reason.
    package var leftOut: [String] = []

    package init() {}
}
