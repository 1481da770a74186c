import SparringAPI
import SparringExchange
import SparringJSON

extension Objects {
    /// Stores a response for later requests, and its items in its conversation.
    ///
    /// - Parameter moment: session time.
    mutating func keep(_ record: ResponsesRecord, plan: BackgroundPlan?, at moment: Moment) {
        let response = StoredResponse(record, begun: moment, plan: plan)
        if record.isStored { responses[record.id] = response }
        guard let id = record.conversationID else { return }
        conversations[id]?.begin(response)
        conversations[id]?.settle(at: moment)
    }

    /// The conversation at this moment. The conversation contains the items of background responses that have ended by this moment.
    mutating func conversation(_ id: String, at moment: Moment) -> StoredConversation? {
        conversations[id]?.settle(at: moment)
        return conversations[id]
    }

    /// A response and its predecessors, oldest first. The list stops at a deleted response.
    func chain(to id: String) -> [ResponsesRecord] {
        var chain: [ResponsesRecord] = []
        var next: String? = id
        while let id = next, let response = responses[id] {
            chain.append(response.record)
            // The first response may have started in a conversation; the next one does not continue it.
            next = response.record.previousID
        }
        return chain.reversed()
    }
}

extension Session {
    /// Takes the session's lock again only if the body refers to stored state.
    func memory(_ endpoint: Endpoint, _ body: JSONValue?, now: Moment) -> ResponsesMemory {
        guard endpoint == .responses else { return ResponsesMemory() }
        return recall(ResponsesMemory.Wanted(body), now: now)
    }

    /// Loads what a body refers to. Finds the records under the lock and reads them outside it.
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
