import SparringAPI
import SparringExchange
import SparringJSON
import SparringWire

/// The operations on stored responses.
///
/// Source: https://platform.openai.com/docs/api-reference/responses
extension ObjectOperation {
    func retrieveResponse(context: AnswerInput, ids: inout IDMint, models: ModelTable) throws(APIError) -> Rendered {
        let id = self["response_id"]
        let retrieval = try ResponsesObjects.Retrieval(query)
        let (response, status) = try stored(id, context, models)
        guard retrieval.isStream else {
            return Rendered(response.record.answer(status, context: context, ids: &ids))
        }
        let clock = session.adjust(\.clock)
        let elapsed = clock.time(at: now) - response.begun
        if let error = ResponsesObjects.notStreamable(response.record, age: elapsed) { throw error }
        let events = response.record.events(isPadded: retrieval.isPadded)
        let rest = (response.plan ?? .standard).schedule(
            events, after: retrieval.startingAfter, elapsed: elapsed,
            until: response.cancelled.map { $0 - response.begun })
        return Rendered(ResponsesObjects.stream(rest, context: context, ids: &ids), effects: [.stream(id: id)])
    }

    func deleteResponse(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let id = self["response_id"]
        try remove(id, from: \.responses, else: ResponsesObjects.notFound(id))
        return ResponsesObjects.deleted(id, context: context, ids: &ids)
    }

    func listInputItems(context: AnswerInput, ids: inout IDMint, models: ModelTable) throws(APIError) -> Answer {
        let id = self["response_id"]
        let list = try ListQuery(query, order: .descending)
        let (response, _) = try stored(id, context, models)
        try ConversationObjects.checkInclude(query)
        let objects = ObjectList(response.record.inputItems)
        return ResponsesObjects.list(objects.page(list), context: context, ids: &ids)
    }

    /// Counts the tokens of the input, and validates the input in the same way as for a new response.
    func countInputTokens(context: AnswerInput, ids: inout IDMint, models: ModelTable) throws(APIError) -> Answer {
        guard let body, body.object != nil else { throw .unparsable }
        let memory = session.recall(ResponsesMemory.Wanted(body), now: now)
        let count = try ResponsesInputTokens.count(body, models: models, memory: memory)
        return ResponsesObjects.inputTokens(count, context: context, ids: &ids)
    }

    /// Cancels a background response. For any other response, throws an error. A second cancellation changes nothing.
    func cancelResponse(context: AnswerInput, ids: inout IDMint, models: ModelTable) throws(APIError) -> Answer {
        let id = self["response_id"]
        let (response, status) = try stored(id, context, models)
        guard response.plan != nil else { throw ResponsesObjects.notInBackground }
        if status == .cancelled { return response.record.answer(.cancelled, context: context, ids: &ids) }
        if status == .ended, !response.isExample { throw ResponsesObjects.hasEnded(response.record) }
        session.adjust { state in
            state.objects.responses[id]?.cancelled = state.clock.time(at: now)
            if let conversation = response.record.conversationID {
                state.objects.conversations[conversation]?.cancel(id)
            }
        }
        return response.record.answer(.cancelled, context: context, ids: &ids)
    }

    func compact(context: AnswerInput, ids: inout IDMint, models: ModelTable) throws(APIError) -> Answer {
        guard let body, body.object != nil else { throw .unparsable }
        let memory = session.recall(ResponsesMemory.Wanted(body), now: now)
        return try ResponsesCompaction.answer(
            body, models: models, memory: memory, keepsMessages: validation != .examples,
            context: context, ids: &ids)
    }

    /// A response and its progress.
    private func stored(
        _ id: String, _ context: AnswerInput, _ models: ModelTable
    ) throws(APIError) -> (StoredResponse, ResponsesSnapshot.Status) {
        let (found, moment) = session.adjust { ($0.objects.responses[id], $0.clock.time(at: now)) }
        if let found { return (found, found.status(at: moment)) }
        guard validation == .examples,
            let record = ResponsesRecord.example(id, models: models, created: context.created)
        else { throw ResponsesObjects.notFound(id) }
        return (StoredResponse(example: record, at: moment), .ended)
    }
}
