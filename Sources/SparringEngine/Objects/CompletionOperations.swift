import SparringAPI
import SparringJSON
import SparringWire

/// The operations on stored chat completions.
extension ObjectOperation {
    /// Lists completions. The oldest comes first, unlike in most lists of the API.
    func listCompletions(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let list = try ListQuery(query, order: .ascending)
        let (model, metadata) = (query["model"], query.members(of: "metadata"))
        let completions = session.adjust { $0.objects.completions }
        let page = completions.page(list) { completion in
            model.map(completion.isOf) ?? true && completion.hasMetadata(metadata)
        }
        return StoredCompletionsAnswer.list(page, context: context, ids: &ids)
    }

    func retrieveCompletion(context: AnswerInput, ids: inout IDMint, models: ModelTable) throws(APIError) -> Answer {
        StoredCompletionsAnswer.one(try storedCompletion(models, context.created), context: context, ids: &ids)
    }

    func updateCompletion(context: AnswerInput, ids: inout IDMint, models: ModelTable) throws(APIError) -> Answer {
        let id = self["completion_id"]
        let metadata = try StoredCompletionsAnswer.metadata(body)
        let updated = session.adjust { state in
            state.objects.completions[id]?.setMetadata(metadata)
            return state.objects.completions[id]
        }
        if let updated { return StoredCompletionsAnswer.one(updated, context: context, ids: &ids) }
        var example = try storedCompletion(models, context.created)
        example.setMetadata(metadata)
        return StoredCompletionsAnswer.one(example, context: context, ids: &ids)
    }

    func deleteCompletion(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let id = self["completion_id"]
        try remove(id, from: \.completions, else: StoredCompletionsAnswer.notFound(id))
        return StoredCompletionsAnswer.deleted(id, context: context, ids: &ids)
    }

    func listCompletionMessages(context: AnswerInput, ids: inout IDMint, models: ModelTable) throws(APIError) -> Answer
    {
        let list = try ListQuery(query, order: .ascending)
        var messages = ObjectList<JSONValue>(capacity: .max)
        for message in try storedCompletion(models, context.created).messages { messages[message.id] = message.value }
        return StoredCompletionsAnswer.messages(messages.page(list), context: context, ids: &ids)
    }

    /// The completion that the path names, or an example with that id.
    private func storedCompletion(_ models: ModelTable, _ created: Int) throws(APIError) -> StoredCompletion {
        let id = self["completion_id"]
        if let completion = session.adjust({ $0.objects.completions[id] }) { return completion }
        guard validation == .examples, let example = StoredCompletion.example(id, models: models, created: created)
        else { throw StoredCompletionsAnswer.notFound(id) }
        return example
    }
}
