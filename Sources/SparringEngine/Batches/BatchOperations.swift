import SparringAPI
import SparringExchange
import SparringJSON
import SparringWire

/// The operations on batches. A request for a batch first does the batch's due work, up to a limit.
///
/// Source: https://platform.openai.com/docs/api-reference/batch
extension ObjectOperation {
    /// The maximum number of steps of work that one request for a batch waits for.
    private static let stepsWhileAsked = 8

    func createBatch(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let wanted = try BatchesAnswer.checkCreation(body, created: context.created)
        let input = try file(wanted.inputFile, context)
        if validation == .examples, input.content.runs.isEmpty {
            var example = wanted
            example.id = ids.hex("batch_", count: 32)
            return BatchesAnswer.one(example, context: context, ids: &ids)
        }
        try BatchesAnswer.checkEmulation(wanted)
        guard input.object.purpose == "batch" else { throw BatchesAnswer.wrongPurpose(input.object) }
        let (session, plan, caller, validation) = (session.name, context.batch ?? BatchPlan(), caller, validation)
        let keyName = authorization.map(KeyName.of)
        let batch = try create(id: { ids.hex("batch_", count: 32) }) { id in
            var object = wanted
            object.id = id
            var batch = StoredBatch(object, plan: plan, input: input.content, caller: caller, validation: validation)
            batch.keyName = keyName
            return (batch, [.put(batch.record(in: session))])
        }
        batches.add(ObjectKey(session: session, kind: .batch, id: batch.object.id))
        return BatchesAnswer.one(batch.object, context: context, ids: &ids)
    }

    func listBatches(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let list = try ListQuery(query, order: .descending)
        let page = try stored { store throws(StoreProblem) in
            try store.page(session.name, .batch, tag: nil, unixTime: context.created, list)
        }
        let batches = page.elements.compactMap { element in
            StoredBatch(element.value).map { (id: element.id, value: $0.object) }
        }
        return BatchesAnswer.list(ListPage(elements: batches, hasMore: page.hasMore), context: context, ids: &ids)
    }

    /// Returns the batch, then counts the request as a poll.
    func retrieveBatch(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        try catchUp()
        let batch = try change(self["batch_id"], context) { (batch) throws(APIError) in
            guard !batch.object.status.isFinal else { return false }
            guard case .polls = batch.plan[batch.object.status] else { return false }
            batch.polls += 1
            return true
        }
        return BatchesAnswer.one(batch, context: context, ids: &ids)
    }

    func cancelBatch(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        try catchUp()
        let moment = context.created
        let batch = try change(self["batch_id"], context) { (batch) throws(APIError) in
            switch batch.object.status {
            case .cancelling: return false
            case .validating, .inProgress:
                batch.reach(.cancelling, at: moment)
                return true
            case .failed, .finalizing, .completed, .expired, .cancelled:
                throw BatchesAnswer.notCancellable(batch.object)
            }
        }
        batches.add(key)
        return BatchesAnswer.one(batch, context: context, ids: &ids)
    }

    private var key: ObjectKey { ObjectKey(session: session.name, kind: .batch, id: self["batch_id"]) }

    private func catchUp() throws(APIError) {
        let hasMore = try stored { _ throws(StoreProblem) in
            try batches.work(on: key, steps: Self.stepsWhileAsked, now: now)
        }
        if hasMore { batches.add(key) }
    }

    /// - Parameter edit: changes the batch; returns false if nothing changed.
    /// - Returns: the batch as it was before the poll was counted, or as it is after a change.
    private func change(
        _ id: String, _ context: AnswerInput, _ edit: (inout StoredBatch) throws(APIError) -> Bool
    ) throws(APIError) -> BatchObject {
        while true {
            let record = try record(.batch, id)
            guard let record, var batch = StoredBatch(record) else {
                guard validation == .examples else { throw BatchesAnswer.notFound(id) }
                var example = BatchObject(
                    id: id, endpoint: "/v1/chat/completions", inputFile: "file-example", created: context.created)
                if endpoint == .batchCancellation { example.reach(.cancelling, at: context.created) }
                return example
            }
            guard try edit(&batch) else { return batch.object }
            let put = ObjectChange.put(batch.record(in: session.name, revision: record.revision))
            if try stored({ store throws(StoreProblem) in try store.commit([put]) }) { return batch.object }
        }
    }
}
