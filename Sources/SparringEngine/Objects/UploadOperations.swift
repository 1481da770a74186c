import SparringAPI
import SparringExchange
import SparringJSON
import SparringWire

/// The operations on uploads. Parts may arrive concurrently: each part is added to the newest state of the upload.
///
/// Source: https://platform.openai.com/docs/api-reference/uploads
extension ObjectOperation {
    func createUpload(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let (body, created, session) = (body, context.created, session.name)
        let wanted = try UploadsAnswer.checkCreation(body, id: "", created: created)
        let upload = try create(id: { ids.hex("upload_", count: 32) }) { id in
            var upload = wanted
            upload.id = id
            return (upload, [.put(StoredUpload(upload).record(in: session))])
        }
        return UploadsAnswer.one(upload, context: context, ids: &ids)
    }

    func addPart(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let id = self["upload_id"]
        guard let file = form?["data"] else {
            guard validation == .examples else { throw .missing("data") }
            return UploadsAnswer.part(ids.hex("part_", count: 32), of: id, context: context, ids: &ids)
        }
        guard file.bytes <= UploadObject.largestPart else {
            throw FilesAnswer.tooLarge(file.bytes, limit: UploadObject.largestPart)
        }
        let part = StoredUpload.Part(id: ids.hex("part_", count: 32), content: StoredBytes(file))
        _ = try change(id, context) { upload, changes in
            upload.parts.append(part)
            changes.append(.keep(file.blob, session: session.name))
        }
        return UploadsAnswer.part(part.id, of: id, context: context, ids: &ids)
    }

    func completeUpload(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let (parts, md5) = try UploadsAnswer.checkCompletion(body)
        let file = ids.base62("file-", count: 22)
        let upload = try change(self["upload_id"], context) { (upload, changes) throws(APIError) in
            var content = StoredBytes()
            for id in parts {
                guard let part = upload.parts.first(where: { $0.id == id }) else {
                    if upload.isExample { continue }
                    throw UploadsAnswer.partNotFound(id, of: upload.object.id)
                }
                content.append(part.content)
            }
            guard content.count == upload.object.bytes || upload.isExample else {
                throw UploadsAnswer.wrongSum(content.count, of: upload.object)
            }
            if let md5, !upload.isExample, try checksum(of: content) != md5.lowercased() {
                throw UploadsAnswer.wrongChecksum
            }
            upload.object.status = .completed
            let object = FileObject(
                id: file, purpose: upload.object.purpose, filename: upload.object.filename, bytes: content.count,
                created: context.created, expires: upload.object.lifetime.map { context.created + $0 })
            upload.object.file = object
            changes.append(.put(StoredFile(object, content).record(in: session.name)))
            for part in upload.parts where !parts.contains(part.id) { changes += part.content.drops }
            upload.parts = []
        }
        return UploadsAnswer.one(upload, context: context, ids: &ids)
    }

    func cancelUpload(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let upload = try change(self["upload_id"], context) { upload, changes in
            upload.object.status = .cancelled
            for part in upload.parts { changes += part.content.drops }
            upload.parts = []
        }
        return UploadsAnswer.one(upload, context: context, ids: &ids)
    }

    /// Changes an upload that still accepts parts. Retries if another request changed it meanwhile.
    private func change(
        _ id: String, _ context: AnswerInput,
        _ edit: (inout StoredUpload, inout [ObjectChange]) throws(APIError) -> Void
    ) throws(APIError) -> UploadObject {
        while true {
            let record = try record(.upload, id)
            guard let record, var upload = StoredUpload(record) else {
                guard validation == .examples else { throw UploadsAnswer.notFound(id) }
                var example = StoredUpload(.example(id), isExample: true)
                var changes: [ObjectChange] = []
                try edit(&example, &changes)
                return example.object
            }
            guard upload.object.status(at: context.created) == .pending else {
                throw UploadsAnswer.notPending(upload.object, at: context.created)
            }
            var changes: [ObjectChange] = []
            try edit(&upload, &changes)
            changes.append(.put(upload.record(in: session.name, revision: record.revision)))
            if try stored({ store throws(StoreProblem) in try store.commit(changes) }) { return upload.object }
        }
    }

    private func checksum(of content: StoredBytes) throws(APIError) -> String {
        var reader = ByteReader(content, in: store)
        var digest = MD5()
        do throws(StoreProblem) {
            while true {
                let bytes = try reader.next()
                guard !bytes.isEmpty else { return digest.hex() }
                digest.update(bytes)
            }
        } catch {
            throw APIError(error)
        }
    }
}

/// An upload and the parts received so far.
struct StoredUpload: Sendable {
    struct Part: Sendable {
        var id: String
        var content: StoredBytes
    }

    var object: UploadObject
    var parts: [Part] = []
    /// True if it was invented for an unknown id: it then accepts any part id.
    let isExample: Bool

    init(_ object: UploadObject, isExample: Bool = false) {
        self.object = object
        self.isExample = isExample
    }

    init?(_ record: ObjectRecord) {
        guard let json = try? JSONValue.parse(record.json), let object = json["upload"].flatMap(UploadObject.init)
        else {
            return nil
        }
        self.init(object)
        self.object.lifetime = json["lifetime"]?.int
        parts = (json["parts"]?.array ?? []).compactMap { part in
            part["id"]?.string.map { Part(id: $0, content: StoredBytes(part["content"])) }
        }
    }

    func record(in session: String, revision: Int = 0) -> ObjectRecord {
        let json: JSONValue = [
            "upload": object.json(at: object.created), "lifetime": object.lifetime.map { .int($0) } ?? .null,
            "parts": .array(parts.map { ["id": .string($0.id), "content": $0.content.json] }),
        ]
        return ObjectRecord(
            key: ObjectKey(session: session, kind: .upload, id: object.id), tag: object.status.rawValue,
            json: json.serialized(), revision: revision)
    }
}
