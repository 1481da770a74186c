import SparringAPI
import SparringExchange
import SparringJSON
import SparringWire

/// What the API does with responses that it has stored.
///
/// Source: https://platform.openai.com/docs/api-reference/responses
extension ObjectOperation {
    func retrieveResponse(context: inout AnswerContext) throws(APIError) -> Answer {
        let id = self["response_id"]
        let retrieval = try ResponsesObjects.Retrieval(query)
        guard let (response, status) = stored(id) else { throw ResponsesObjects.notFound(id) }
        guard retrieval.isStream else { return response.record.answer(status, context: &context) }
        let clock = session.adjust(\.clock)
        let elapsed = clock.time(at: now) - response.begun
        if let error = ResponsesObjects.notStreamable(response.record, age: elapsed) { throw error }
        let events = response.record.events(isPadded: retrieval.isPadded)
        let rest = (response.plan ?? .standard).schedule(
            events, after: retrieval.startingAfter, elapsed: elapsed, scale: clock.scale,
            until: response.cancelled.map { $0 - response.begun })
        return ResponsesObjects.stream(rest, context: &context)
    }

    func deleteResponse(context: inout AnswerContext) throws(APIError) -> Answer {
        let id = self["response_id"]
        let wasThere = session.adjust { state in
            defer { state.objects.responses[id] = nil }
            return state.objects.responses[id] != nil
        }
        guard wasThere else { throw ResponsesObjects.notFound(id) }
        return ResponsesObjects.deleted(id, context: &context)
    }

    func listInputItems(context: inout AnswerContext) throws(APIError) -> Answer {
        let id = self["response_id"]
        let list = try ListQuery(query, order: .descending)
        guard let (response, _) = stored(id) else { throw ResponsesObjects.notFound(id) }
        let shelf = Shelf(response.record.inputItems)
        return ResponsesObjects.list(shelf.page(list), context: &context)
    }

    /// Counted as for a request that is answered, and checked like one.
    func countInputTokens(context: inout AnswerContext, models: ModelTable) throws(APIError) -> Answer {
        guard let body, body.object != nil else { throw .unparsable }
        let wanted = ResponsesMemory.Wanted(body)
        let memory = wanted.isEmpty ? ResponsesMemory() : session.recall(wanted, now: now)
        let count = try ResponsesInputTokens.count(body, models: models, memory: memory)
        return ResponsesObjects.inputTokens(count, context: &context)
    }

    /// Only what runs in the background can be cancelled; a second time changes nothing.
    func cancelResponse(context: inout AnswerContext) throws(APIError) -> Answer {
        let id = self["response_id"]
        guard let (response, status) = stored(id) else { throw ResponsesObjects.notFound(id) }
        guard response.plan != nil else { throw ResponsesObjects.notInBackground }
        if status == .cancelled { return response.record.answer(.cancelled, context: &context) }
        if status == .ended { throw ResponsesObjects.hasEnded(response.record) }
        session.adjust { state in
            state.objects.responses[id]?.cancelled = state.clock.time(at: now)
            if let conversation = response.record.conversationID {
                state.objects.conversations[conversation]?.cancel(id)
            }
        }
        return response.record.answer(.cancelled, context: &context)
    }

    func compact(context: inout AnswerContext, models: ModelTable) throws(APIError) -> Answer {
        guard let body, body.object != nil else { throw .unparsable }
        let wanted = ResponsesMemory.Wanted(body)
        let memory = wanted.isEmpty ? ResponsesMemory() : session.recall(wanted, now: now)
        return try ResponsesCompaction.answer(body, models: models, memory: memory, context: &context)
    }

    /// A response and how far it has come.
    func stored(_ id: String) -> (StoredResponse, ResponsesSnapshot.Status)? {
        session.adjust { state in
            let moment = state.clock.time(at: now)
            return state.objects.responses[id].map { ($0, $0.status(at: moment)) }
        }
    }
}
