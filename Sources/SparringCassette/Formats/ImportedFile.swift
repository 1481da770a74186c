/// The recordings of one file.
package struct ImportedFile: Sendable, Hashable {
    package var exchanges: [ImportedExchange] = []
    /// Recordings that cannot be imported, each with its place and the reason.
    package var leftOut: [String] = []

    package init() {}
}
