import SparringAPI
import SparringExchange
import SparringJSON
import SparringWire

/// The operations on batches of files of a vector store.
///
/// Source: https://platform.openai.com/docs/api-reference/vector-stores-file-batches
extension ObjectOperation {
    func createVectorStoreBatch(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let entries = try VectorStoreFields.batch(body)
        let id = ids.hex("vsfb_", count: 32)
        let stage = (context.progress ?? .standard).stage
        func batch(_ store: String, _ files: [VectorStoreFile]) -> VectorStoreBatch {
            let failed = files.count { $0.failure != nil }
            return VectorStoreBatch(
                id: id, store: store, completed: files.count - failed, failed: failed,
                progress: Progress(stage, begun: context.created))
        }
        let store = self["vector_store_id"]
        let files = try add(entries, group: id, context) { store, files in
            [storedBatches(store.id).put(id, batch(store.id, files).record)]
        }
        return polled(batch(store, files).json(at: context.created), isOver: false, context, &ids)
    }

    func retrieveVectorStoreBatch(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        var (batch, revision) = try vectorStoreBatch()
        if batch.progress.countsPolls, let revision {
            batch.progress.poll(at: context.created)
            try keep(batch, revision: revision, context)
        }
        let isOver = batch.status(at: context.created) != .inProgress
        return polled(batch.json(at: context.created), isOver: isOver, context, &ids)
    }

    func cancelVectorStoreBatch(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let batch = try commit { () throws(APIError) -> (VectorStoreBatch, [ObjectChange]) in
            var (batch, revision) = try vectorStoreBatch()
            guard let revision else { return (batch, []) }
            let status = batch.status(at: context.created)
            guard status == .inProgress else { throw .batchCannotBeCancelled(batch.id, status) }
            batch.isCancelled = true
            var (store, place) = try vectorStore()
            store.cancel(batch.id, at: context.created)
            var changes = try changes(of: batch) { $0.isCancelled = true }
            changes.append(storedBatches(store.id).put(batch.id, batch.record, revision: revision))
            if let place { changes.append(stores.put(store.id, store.record, revision: place)) }
            return (batch, changes)
        }
        return json(batch.json(at: context.created), context, &ids)
    }

    func listVectorStoreBatchFiles(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let (batch, _) = try vectorStoreBatch()
        return try listFiles(of: batch.store, group: batch.id, context, &ids)
    }

    private func vectorStoreBatch() throws(APIError) -> (batch: VectorStoreBatch, revision: Int?) {
        let (store, id) = (try vectorStore().store.id, self["batch_id"])
        let member = try stored { (_) throws(StoreProblem) in try storedBatches(store).find(id) }
        if let member, let batch = VectorStoreBatch(member.json) { return (batch, member.revision) }
        guard validation == .examples else { throw .vectorStoreBatchNotFound(id) }
        return (
            VectorStoreBatch(
                id: id, store: store, completed: 0, failed: 0, progress: Progress(.seconds(0), begun: 0)), nil
        )
    }

    /// Stores a counted retrieval. If the work has ended, also stores the end of every file.
    private func keep(_ batch: VectorStoreBatch, revision: Int, _ context: AnswerInput) throws(APIError) {
        var changes = [storedBatches(batch.store).put(batch.id, batch.record, revision: revision)]
        if batch.progress.ended != nil {
            changes += try self.changes(of: batch) { $0.progress.ended = context.created }
            var (store, place) = try vectorStore()
            store.end(batch.id, at: context.created)
            if let place { changes.append(stores.put(store.id, store.record, revision: place)) }
        }
        // If another request has changed the batch meanwhile, this retrieval is not counted.
        _ = try stored { (objects) throws(StoreProblem) in try objects.commit(changes) }
    }

    /// The changes of all files of a batch.
    private func changes(
        of batch: VectorStoreBatch, _ change: (inout VectorStoreFile) -> Void
    ) throws(APIError) -> [ObjectChange] {
        let objects = storedFiles(batch.store)
        let list = ListQuery(limit: batch.completed + batch.failed, order: .ascending)
        let page = try stored { (_) throws(StoreProblem) in
            try objects.page(list) { VectorStoreFile($0.json)?.group == batch.id }
        }
        return page.elements.compactMap { element in
            guard var file = VectorStoreFile(element.value.json) else { return nil }
            change(&file)
            return objects.put(file.id, file.record, revision: element.value.revision)
        }
    }
}
