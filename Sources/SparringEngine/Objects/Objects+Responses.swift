import SparringAPI
import SparringExchange
import SparringJSON

extension Objects {
    /// Puts a response where later requests find it, and its items into its conversation.
    ///
    /// - Parameter moment: the session's time.
    mutating func keep(_ record: ResponsesRecord, plan: BackgroundPlan?, at moment: Moment) {
        let response = StoredResponse(record, begun: moment, plan: plan)
        if record.isStored { responses[record.id] = response }
        guard let id = record.conversationID else { return }
        conversations[id]?.begin(response)
        conversations[id]?.settle(at: moment)
    }

    /// The conversation as it stands by now: with the items of a response in the background that has ended.
    mutating func conversation(_ id: String, at moment: Moment) -> StoredConversation? {
        conversations[id]?.settle(at: moment)
        return conversations[id]
    }

    /// A response and those before it, the oldest first. The list ends where one was deleted.
    func chain(to id: String) -> [ResponsesRecord] {
        var chain: [ResponsesRecord] = []
        var next: String? = id
        while let id = next, let response = responses[id] {
            chain.append(response.record)
            // A first response may have begun in a conversation, which the next one does not go on with.
            next = response.record.previousID
        }
        return chain.reversed()
    }
}

extension Session {
    /// Only what asks for the state of a session takes its lock once more.
    func memory(_ endpoint: Endpoint, _ body: JSONValue?, now: Moment) -> ResponsesMemory {
        guard endpoint == .responses else { return ResponsesMemory() }
        return recall(ResponsesMemory.Wanted(body), now: now)
    }

    /// What this session holds of what a body asks for. Records are found under the lock, and read outside it.
    func recall(_ wanted: ResponsesMemory.Wanted, now: Moment) -> ResponsesMemory {
        var memory = ResponsesMemory()
        guard !wanted.isEmpty else { return memory }
        let (chain, conversation) = adjust { state in
            let moment = state.clock.time(at: now)
            return (
                wanted.previous.map { state.objects.chain(to: $0) },
                wanted.conversation.flatMap { state.objects.conversation($0, at: moment) }
            )
        }
        if let chain, !chain.isEmpty { memory.previous = chain.flatMap { $0.items.map(\.value) } }
        memory.conversation = conversation?.items.all.map(\.value)
        memory.isConversationLocked = conversation?.running != nil
        guard !wanted.items.isEmpty else { return memory }
        let (responses, conversations) = adjust { ($0.objects.responses, $0.objects.conversations) }
        for id in Set(wanted.items) {
            memory.items[id] =
                conversations.all.lazy.compactMap { $0.value.items[id] }.first
                ?? responses.all.lazy.compactMap { $0.value.record.item(id) }.first
        }
        return memory
    }
}
