import SparringAPI
import SparringExchange
import SparringJSON
import SparringWire

/// The operations on conversations and their items.
///
/// Source: https://platform.openai.com/docs/api-reference/conversations
extension ObjectOperation {
    func createConversation(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let (metadata, values) = try ConversationObjects.checkCreation(body, hasBody: hasBody)
        let id = ids.hex("conv_", count: 48)
        var conversation = StoredConversation(id: id, created: context.created, metadata: metadata)
        conversation.append(StoredItems.normalised(values, ids: &ids))
        session.adjust { [conversation] in $0.objects.conversations[id] = conversation }
        return ConversationObjects.conversation(
            id, created: context.created, metadata: metadata, context: context, ids: &ids)
    }

    func retrieveConversation(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        try describe(found(), context: context, ids: &ids)
    }

    func updateConversation(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let metadata = try ConversationObjects.checkUpdate(body)
        let conversation = try change { $0.metadata = metadata }
        return describe(conversation, context: context, ids: &ids)
    }

    /// Deletes the conversation. A conversation's items stay in the responses that contain them.
    func deleteConversation(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let id = self["conversation_id"]
        try remove(id, from: \.conversations, else: ConversationObjects.notFound(id))
        return ConversationObjects.deleted(id, context: context, ids: &ids)
    }

    /// Returns the added items, in order.
    func createConversationItems(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        try ConversationObjects.checkInclude(query)
        let values = try ConversationObjects.checkAddition(body)
        let items = StoredItems.normalised(values, ids: &ids)
        _ = try change { $0.append(items) }
        let page = ListPage(elements: items.map { ($0.id, $0.value) }, hasMore: false)
        return ResponsesObjects.list(page, context: context, ids: &ids)
    }

    func listConversationItems(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let list = try ListQuery(query, order: .descending)
        try ConversationObjects.checkInclude(query)
        return try ResponsesObjects.list(found().items.page(list), context: context, ids: &ids)
    }

    func retrieveConversationItem(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        try ConversationObjects.checkInclude(query)
        return try ConversationObjects.item(item(self["item_id"]), context: context, ids: &ids)
    }

    /// Returns the conversation, not the item.
    func deleteConversationItem(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let id = self["item_id"]
        _ = try item(id)
        let conversation = try change { $0.remove(id) }
        return describe(conversation, context: context, ids: &ids)
    }

    // MARK: Looking up

    private func found() throws(APIError) -> StoredConversation {
        let id = self["conversation_id"]
        let conversation = session.adjust { $0.objects.conversation(id, at: $0.clock.time(at: now)) }
        if let conversation { return conversation }
        guard validation == .examples else { throw ConversationObjects.notFound(id) }
        return example(id)
    }

    /// Changes the conversation that the path names, and returns it.
    private func change(_ edit: @Sendable (inout StoredConversation) -> Void) throws(APIError) -> StoredConversation {
        let id = self["conversation_id"]
        let changed = session.adjust { state -> StoredConversation? in
            guard var conversation = state.objects.conversation(id, at: state.clock.time(at: now)) else { return nil }
            edit(&conversation)
            state.objects.conversations[id] = conversation
            return conversation
        }
        if let changed { return changed }
        guard validation == .examples else { throw ConversationObjects.notFound(id) }
        var conversation = example(id)
        edit(&conversation)
        return conversation
    }

    private func item(_ id: String) throws(APIError) -> JSONValue {
        if let item = try found().items[id] { return item }
        guard validation == .examples else { throw ConversationObjects.itemNotFound(id) }
        return StoredItems.example(id)
    }

    private func example(_ id: String) -> StoredConversation { StoredConversation(id: id, created: 0, metadata: [:]) }

    private func describe(_ conversation: StoredConversation, context: AnswerInput, ids: inout IDMint) -> Answer {
        ConversationObjects.conversation(
            conversation.id, created: conversation.created, metadata: conversation.metadata, context: context, ids: &ids
        )
    }
}
