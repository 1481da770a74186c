import SparringAPI
import SparringJSON
import SparringWire

/// Reads the texts in the vector stores of a session.
struct VectorStoreIndex: Sendable {
    let store: any ObjectStore
    let session: String

    /// The pieces of the completed files whose attributes the filter accepts, in order of creation.
    ///
    /// - Parameter unixTime: session time.
    func pieces(
        of stores: [String], _ filter: AttributeFilter?, at unixTime: Int
    ) throws(StoreProblem) -> [VectorStoreSearch.Piece] {
        var pieces: [VectorStoreSearch.Piece] = []
        for id in stores { pieces += try self.pieces(of: id, filter, at: unixTime) }
        return pieces
    }

    private func pieces(
        of id: String, _ filter: AttributeFilter?, at unixTime: Int
    ) throws(StoreProblem) -> [VectorStoreSearch.Piece] {
        let objects = StoredCollection(store: store, session: session, path: "vector_stores/\(id)/files")
        var pieces: [VectorStoreSearch.Piece] = []
        var after: String?
        while true {
            let page = try objects.page(ListQuery(limit: 100, after: after, order: .ascending))
            for file in page.elements.compactMap({ VectorStoreFile($0.value.json) })
            where file.status(at: unixTime) == .completed && filter?.accepts(file.attributes) ?? true {
                for text in file.chunking.pieces(of: try text(of: file, at: unixTime)) {
                    pieces.append(
                        VectorStoreSearch.Piece(
                            file: file.id, filename: file.filename, attributes: file.attributes, text: text))
                }
            }
            guard page.hasMore, let last = page.elements.last?.id else { return pieces }
            after = last
        }
    }

    /// The text of a file; empty if the file is deleted or is not text. Sparring does not read documents of other
    /// formats.
    func text(of file: VectorStoreFile, at unixTime: Int) throws(StoreProblem) -> String {
        let record = try store.record(ObjectKey(session: session, kind: .file, id: file.id))
        guard let stored = record.flatMap(StoredFile.init), !stored.hasExpired(at: unixTime) else { return "" }
        var reader = ByteReader(stored.content, in: store)
        return String(validating: try reader.rest(), as: UTF8.self) ?? ""
    }
}
