import SparringAPI
import SparringExchange
import SparringJSON
import SparringWire

/// The operations on files.
///
/// Source: https://platform.openai.com/docs/api-reference/files
extension ObjectOperation {
    func createFile(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let request = try FilesRequest.check(body)
        guard let upload = form?["file"] else {
            // In `examples` mode, a request without a file creates an invented file.
            let id = ids.base62("file-", count: 22)
            return FilesAnswer.one(.example(id, purpose: request.purpose), context: context, ids: &ids)
        }
        let expires = request.lifetime.map { context.created + $0 }
        let (created, session) = (context.created, session)
        let file = try create(id: { ids.base62("file-", count: 22) }) { id in
            let file = FileObject(
                id: id, purpose: request.purpose, filename: upload.filename, bytes: upload.bytes, created: created,
                expires: expires)
            let record = StoredFile(file, StoredBytes(upload)).record(in: session.name)
            return (file, [.put(record), .keep(upload.blob, session: session.name)])
        }
        return FilesAnswer.one(file, context: context, ids: &ids)
    }

    func listFiles(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let list = try ListQuery(query, limits: 1...10_000, standard: 10_000, order: .descending)
        let purpose = query["purpose"]
        let page = try stored { store throws(StoreProblem) in
            try store.page(session.name, .file, tag: purpose, unixTime: context.created, list)
        }
        let files = page.elements.compactMap { element in
            StoredFile(element.value).map { (id: element.id, value: $0.object) }
        }
        return FilesAnswer.list(ListPage(elements: files, hasMore: page.hasMore), context: context, ids: &ids)
    }

    func retrieveFile(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        try FilesAnswer.one(file(self["file_id"], context).object, context: context, ids: &ids)
    }

    func deleteFile(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let id = self["file_id"]
        let record = try record(.file, id)
        guard let record, let file = StoredFile(record), !file.hasExpired(at: context.created) else {
            guard validation == .examples else { throw FilesAnswer.notFound(id) }
            return FilesAnswer.deleted(id, context: context, ids: &ids)
        }
        // A failed commit means that another request deleted the file at the same time.
        _ = try stored { store throws(StoreProblem) in
            try store.commit([.remove(record.key, revision: record.revision)] + file.content.drops)
        }
        return FilesAnswer.deleted(id, context: context, ids: &ids)
    }

    /// Returns the bytes of a file. A large file is read from the store while it is sent.
    func downloadFile(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Rendered {
        let file = try file(self["file_id"], context)
        guard file.object.isReadable || validation == .examples else { throw FilesAnswer.notReadable(file.object) }
        var answer = FilesAnswer.content(of: file.object, context: context, ids: &ids)
        if file.content.count > Self.heldContent {
            answer.headers.append("content-length", String(file.content.count))
            return Rendered(answer, effects: [.download(file.content.runs.map { ($0.blob.number, $0.count) })])
        }
        var reader = ByteReader(file.content, in: store)
        do throws(StoreProblem) { answer.body = .whole(try reader.rest()) } catch { throw APIError(error) }
        return Rendered(answer)
    }

    /// Content up to this size is in memory like an ordinary body, so that faults can strike at any byte.
    static let heldContent = 1 << 20

    /// The stored file. A file that has expired by the session's clock does not exist.
    func file(_ id: String, _ context: AnswerInput) throws(APIError) -> StoredFile {
        let file = try record(.file, id).flatMap(StoredFile.init)
        if let file, !file.hasExpired(at: context.created) { return file }
        guard validation == .examples else { throw FilesAnswer.notFound(id) }
        return StoredFile(.example(id), StoredBytes())
    }
}

extension StoredFile {
    func hasExpired(at unixTime: Int) -> Bool { object.expires.map { $0 <= unixTime } ?? false }
}

/// Access to the store for operations. A failure of the store becomes an error in Sparring's name.
extension ObjectOperation {
    var store: any ObjectStore { session.store }

    func stored<Value>(_ work: (any ObjectStore) throws(StoreProblem) -> Value) throws(APIError) -> Value {
        do throws(StoreProblem) { return try work(store) } catch { throw APIError(error) }
    }

    func record(_ kind: ObjectKind, _ id: String) throws(APIError) -> ObjectRecord? {
        try stored { store throws(StoreProblem) in
            try store.record(ObjectKey(session: session.name, kind: kind, id: id))
        }
    }

    /// Stores a new object. Retries with the next id if the id is taken: a server that reopens an older server's file
    /// starts counting at the same number.
    func create<Value>(id: () -> String, _ changes: (String) -> (Value, [ObjectChange])) throws(APIError) -> Value {
        for _ in 0..<100 {
            let (value, changes) = changes(id())
            if try stored({ store throws(StoreProblem) in try store.commit(changes) }) { return value }
        }
        throw APIError(StoreProblem("the store found no free id for a new object"))
    }
}
