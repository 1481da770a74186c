import SparringAPI
import SparringExchange
import SparringJSON
import SparringWire

/// The operations on vector stores and their search.
///
/// Source: https://platform.openai.com/docs/api-reference/vector-stores
extension ObjectOperation {
    func createVectorStore(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let fields = try VectorStoreFields.store(body, isNew: true)
        let id = ids.hex("vs_", count: 32)
        let group = ids.hex("vsfb_", count: 32)
        let now = context.created
        let store = try commit { () throws(APIError) -> (VectorStoreObject, [ObjectChange]) in
            var store = VectorStoreObject(id: id, created: now, fields: fields)
            var changes: [ObjectChange] = []
            if !fields.entries.isEmpty {
                let files = try files(fields.entries, of: id, group: group, context)
                store.add(Self.group(group, files), at: now)
                let objects = storedFiles(id)
                changes += files.map { objects.put($0.id, $0.record) }
            }
            changes.append(stores.put(id, store.record))
            return (store, changes)
        }
        return json(store.json(at: now), context, &ids)
    }

    func listVectorStores(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let list = try ListQuery(query, order: .descending)
        let page = try stored { (_) throws(StoreProblem) in try stores.page(list) }
        return listAnswer(page, context, &ids) { VectorStoreObject($0)?.json(at: context.created) }
    }

    func retrieveVectorStore(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let store = try vectorStore().store.json(at: context.created)
        return json(store, context, &ids)
    }

    func updateVectorStore(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let fields = try VectorStoreFields.store(body, isNew: false)
        let store = try commit { () throws(APIError) -> (VectorStoreObject, [ObjectChange]) in
            var (store, revision) = try vectorStore()
            store.update(fields)
            return (store, revision.map { [stores.put(store.id, store.record, revision: $0)] } ?? [])
        }
        return json(store.json(at: context.created), context, &ids)
    }

    func deleteVectorStore(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let id = self["vector_store_id"]
        try commit { () throws(APIError) -> (Void, [ObjectChange]) in
            let (_, revision) = try vectorStore()
            return (
                (), revision.map { [stores.remove(StoredCollection.Member(id: id, json: .null, revision: $0))] } ?? []
            )
        }
        return json(
            ["id": .string(id), "object": "vector_store.deleted", "deleted": true], context, &ids)
    }

    /// Ranks the pieces of the completed files. The search counts as activity of the store.
    func searchVectorStore(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let search = try VectorStoreSearch(body)
        let (store, revision) = try vectorStore()
        guard !store.hasExpired(at: context.created) else { throw .vectorStoreExpired(store.id) }
        let pieces = try stored { (_) throws(StoreProblem) in
            try index.pieces(of: [store.id], search.filter, at: context.created)
        }
        let results = search.ranked(pieces)
        if let revision, store.lifetime != nil {
            var active = store
            active.lastActive = context.created
            // If another request changes the store at the same time, that request is the store's latest activity.
            _ = try stored { (objects) throws(StoreProblem) in
                try objects.commit([stores.put(active.id, active.record, revision: revision)])
            }
        }
        return json(search.json(results), context, &ids)
    }

    // MARK: Looking up

    var stores: StoredCollection { objects("vector_stores") }
    func storedFiles(_ store: String) -> StoredCollection { objects("vector_stores/\(store)/files") }
    func storedBatches(_ store: String) -> StoredCollection { objects("vector_stores/\(store)/file_batches") }

    /// The store that the path names.
    /// - Returns: the store and its revision; the revision is nil for an example, which is never stored.
    func vectorStore() throws(APIError) -> (store: VectorStoreObject, revision: Int?) {
        let id = self["vector_store_id"]
        let member = try stored { (_) throws(StoreProblem) in try stores.find(id) }
        if let member, let store = VectorStoreObject(member.json) { return (store, member.revision) }
        guard validation == .examples else { throw .vectorStoreNotFound(id) }
        return (VectorStoreObject(id: id, created: 0, fields: VectorStoreFields()), nil)
    }

    var index: VectorStoreIndex { VectorStoreIndex(store: store, session: session.name) }

    // MARK: Answers

    func json(_ value: JSONValue, _ context: AnswerInput, _ ids: inout IDMint) -> Answer {
        ResponsesObjects.answer(value, context: context, ids: &ids)
    }

    func listAnswer(
        _ page: ListPage<StoredCollection.Member>, _ context: AnswerInput, _ ids: inout IDMint,
        of object: (JSONValue) -> JSONValue?
    ) -> Answer {
        let elements = page.elements.compactMap { element in
            object(element.value.json).map { (id: element.id, value: $0) }
        }
        return ResponsesObjects.list(
            ListPage(elements: elements, hasMore: page.hasMore), context: context, ids: &ids)
    }
}
