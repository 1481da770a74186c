import SparringAPI
import SparringJSON
import SparringWire

/// What the API does with chat completions that it has stored.
extension ObjectOperation {
    /// Oldest first, unlike most lists of the API.
    func listCompletions(context: inout AnswerContext) throws(APIError) -> Answer {
        let list = try ListQuery(query, order: .ascending)
        let (model, metadata) = (query["model"], query.members(of: "metadata"))
        let completions = session.adjust { $0.objects.completions }
        let page = completions.page(list) { completion in
            model.map(completion.isOf) ?? true && completion.hasMetadata(metadata)
        }
        return StoredCompletionsAnswer.list(page, context: &context)
    }

    func retrieveCompletion(context: inout AnswerContext) throws(APIError) -> Answer {
        StoredCompletionsAnswer.one(try storedCompletion(), context: &context)
    }

    func updateCompletion(context: inout AnswerContext) throws(APIError) -> Answer {
        let id = self["completion_id"]
        let metadata = try StoredCompletionsAnswer.metadata(body)
        let updated = session.adjust { state in
            state.objects.completions[id]?.setMetadata(metadata)
            return state.objects.completions[id]
        }
        guard let updated else { throw StoredCompletionsAnswer.notFound(id) }
        return StoredCompletionsAnswer.one(updated, context: &context)
    }

    func deleteCompletion(context: inout AnswerContext) throws(APIError) -> Answer {
        let id = self["completion_id"]
        let wasThere = session.adjust { state in
            defer { state.objects.completions[id] = nil }
            return state.objects.completions[id] != nil
        }
        guard wasThere else { throw StoredCompletionsAnswer.notFound(id) }
        return StoredCompletionsAnswer.deleted(id, context: &context)
    }

    func listCompletionMessages(context: inout AnswerContext) throws(APIError) -> Answer {
        let list = try ListQuery(query, order: .ascending)
        var messages = Shelf<JSONValue>(capacity: .max)
        for message in try storedCompletion().messages { messages[message.id] = message.value }
        return StoredCompletionsAnswer.messages(messages.page(list), context: &context)
    }

    private func storedCompletion() throws(APIError) -> StoredCompletion {
        let id = self["completion_id"]
        guard let completion = session.adjust({ $0.objects.completions[id] }) else {
            throw StoredCompletionsAnswer.notFound(id)
        }
        return completion
    }
}
