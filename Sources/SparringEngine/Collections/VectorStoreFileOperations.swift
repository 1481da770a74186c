import SparringAPI
import SparringExchange
import SparringJSON
import SparringWire

/// The operations on the files of a vector store.
///
/// Source: https://platform.openai.com/docs/api-reference/vector-stores-files
extension ObjectOperation {
    func createVectorStoreFile(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let entry = try VectorStoreFields.file(body)
        let files = try add([entry], group: entry.file, context) { _, _ in [] }
        return polled(files[0].json(at: context.created), isOver: false, context, &ids)
    }

    func listVectorStoreFiles(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        try listFiles(of: vectorStore().store.id, group: nil, context, &ids)
    }

    func retrieveVectorStoreFile(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        var (file, revision) = try vectorStoreFile()
        if file.progress.countsPolls, let revision {
            file.progress.poll(at: context.created)
            try keep(file, revision: revision, context)
        }
        let isOver = file.status(at: context.created) != .inProgress
        return polled(file.json(at: context.created), isOver: isOver, context, &ids)
    }

    func updateVectorStoreFile(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let attributes = try VectorStoreFields.attributes(body)
        let file = try commit { () throws(APIError) -> (VectorStoreFile, [ObjectChange]) in
            var (file, revision) = try vectorStoreFile()
            file.attributes = attributes
            return (file, revision.map { [storedFiles(file.store).put(file.id, file.record, revision: $0)] } ?? [])
        }
        return json(file.json(at: context.created), context, &ids)
    }

    /// Removes the file from the store. The file itself stays.
    func deleteVectorStoreFile(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let id = self["file_id"]
        try commit { () throws(APIError) -> (Void, [ObjectChange]) in
            let (file, revision) = try vectorStoreFile()
            var (store, place) = try vectorStore()
            guard let revision, let place else { return ((), []) }
            store.remove(file, at: context.created)
            let member = StoredCollection.Member(id: id, json: .null, revision: revision)
            return ((), [storedFiles(store.id).remove(member), stores.put(store.id, store.record, revision: place)])
        }
        return json(
            ["id": .string(id), "object": "vector_store.file.deleted", "deleted": true], context, &ids)
    }

    /// The text of the file, in the form in which the vector store read it.
    func readVectorStoreFile(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let (file, revision) = try vectorStoreFile()
        let text = try stored { (_) throws(StoreProblem) in
            revision == nil ? "" : try index.text(of: file, at: context.created)
        }
        return json(
            [
                "object": "vector_store.file_content.page",
                "data": .array(
                    file.chunking.pieces(of: text).map { ["type": "text", "text": .string($0)] }),
                "has_more": false, "next_page": .null,
            ], context, &ids)
    }

    // MARK: Adding

    /// Adds files to the store that the path names. A file that is already in the store is added again.
    /// - Parameter more: further changes of the same commit.
    func add(
        _ entries: [VectorStoreFields.Entry], group: String, _ context: AnswerInput,
        _ more: (VectorStoreObject, [VectorStoreFile]) -> [ObjectChange]
    ) throws(APIError) -> [VectorStoreFile] {
        try commit { () throws(APIError) -> ([VectorStoreFile], [ObjectChange]) in
            var (store, revision) = try vectorStore()
            guard !store.hasExpired(at: context.created) else { throw .vectorStoreExpired(store.id) }
            let files = try files(entries, of: store.id, group: group, context)
            guard let revision else { return (files, []) }
            let objects = storedFiles(store.id)
            var changes: [ObjectChange] = []
            for file in files {
                let member = try stored { (_) throws(StoreProblem) in try objects.find(file.id) }
                if let earlier = member.flatMap({ VectorStoreFile($0.json) }) {
                    store.remove(earlier, at: context.created)
                }
                changes.append(objects.put(file.id, file.record, revision: member?.revision ?? 0))
            }
            store.add(Self.group(group, files), at: context.created)
            changes.append(stores.put(store.id, store.record, revision: revision))
            return (files, changes + more(store, files))
        }
    }

    /// - Throws: the API's 404 for an unknown file.
    func files(
        _ entries: [VectorStoreFields.Entry], of store: String, group: String, _ context: AnswerInput
    ) throws(APIError) -> [VectorStoreFile] {
        let plan = context.progress ?? .standard
        var files: [VectorStoreFile] = []
        for entry in entries where !files.contains(where: { $0.id == entry.file }) {
            files.append(
                VectorStoreFile(
                    id: entry.file, store: store, group: group, file: try file(entry.file, context).object,
                    entry: entry, progress: Progress(plan.stage, begun: context.created),
                    failure: plan.ending == "failed" ? plan.failure ?? Self.anyFailure : nil))
        }
        return files
    }

    private static let anyFailure = ProgressPlan.Failure(
        code: "server_error", message: "An internal error occurred while processing the file.")

    static func group(_ id: String, _ files: [VectorStoreFile]) -> VectorStoreObject.Group {
        let good = files.filter { $0.failure == nil }
        return VectorStoreObject.Group(
            id: id, ends: files.first?.progress.ends, completed: good.count, failed: files.count - good.count,
            bytes: good.reduce(0) { $0 + $1.bytes })
    }

    // MARK: Looking up

    /// - Parameter group: the batch of the files; nil for the files of all batches.
    func listFiles(
        of store: String, group: String?, _ context: AnswerInput, _ ids: inout IDMint
    ) throws(APIError) -> Answer {
        let list = try ListQuery(query, order: .descending)
        var wanted: VectorStoreFile.Status?
        if let name = query["filter"] {
            wanted = VectorStoreFile.Status(rawValue: name)
            guard wanted != nil else {
                throw .invalidValue("filter", name, supported: VectorStoreFile.Status.allCases.map(\.rawValue))
            }
        }
        let page = try stored { (_) throws(StoreProblem) in
            try storedFiles(store).page(list) { member in
                guard wanted != nil || group != nil, let file = VectorStoreFile(member.json) else { return true }
                return (group == nil || file.group == group)
                    && (wanted == nil || file.status(at: context.created) == wanted)
            }
        }
        return listAnswer(page, context, &ids) { VectorStoreFile($0)?.json(at: context.created) }
    }

    private func vectorStoreFile() throws(APIError) -> (file: VectorStoreFile, revision: Int?) {
        let (store, id) = (try vectorStore().store.id, self["file_id"])
        let member = try stored { (_) throws(StoreProblem) in try storedFiles(store).find(id) }
        if let member, let file = VectorStoreFile(member.json) { return (file, member.revision) }
        guard validation == .examples else { throw .vectorStoreFileNotFound(id, in: store) }
        let example = VectorStoreFile(
            id: id, store: store, group: id, file: .example(id), entry: VectorStoreFields.Entry(file: id),
            progress: Progress(.seconds(0), begun: 0), failure: nil)
        return (example, nil)
    }

    /// Stores a counted retrieval. If the file's work has ended, also stores that in the vector store.
    private func keep(_ file: VectorStoreFile, revision: Int, _ context: AnswerInput) throws(APIError) {
        var changes = [storedFiles(file.store).put(file.id, file.record, revision: revision)]
        var (store, place) = try vectorStore()
        if file.progress.ended != nil, file.group == file.id, let place {
            store.end(file.group, at: context.created)
            changes.append(stores.put(store.id, store.record, revision: place))
        }
        // If another request has changed the file meanwhile, this retrieval is not counted.
        _ = try stored { (objects) throws(StoreProblem) in try objects.commit(changes) }
    }

    /// The answer for an object that clients poll. While the object works, the answer has the wait that the API
    /// proposes.
    func polled(
        _ value: JSONValue, isOver: Bool, _ context: AnswerInput, _ ids: inout IDMint
    ) -> Answer {
        var answer = json(value, context, &ids)
        if !isOver { answer.headers.append("openai-poll-after-ms", "500") }
        return answer
    }
}
