import SparringAPI

/// The objects that a session stores for its clients, with a list for each kind.
package struct Objects: Sendable {
    var responses = ObjectList<StoredResponse>()
    var conversations = ObjectList<StoredConversation>()

    var completions = ObjectList<StoredCompletion>()
    var fineTuningJobs = ObjectList<FineTuningJob>()
    /// The client secrets of Realtime sessions, the newest last.
    private(set) var secrets: [StoredSecret] = []
    /// The number of Realtime sockets that were opened.
    var sockets: UInt64 = 0
    /// The deleted fine-tuned models.
    package internal(set) var deletedModels: Set<String> = []

    /// The maximum number of deletions remembered; beyond it, deleted models may reappear.
    private static let rememberedDeletions = 10_000

    package init() {}

    /// The maximum number of client secrets remembered.
    private static let rememberedSecrets = 1_000

    mutating func keep(_ secret: StoredSecret) {
        if secrets.count >= Self.rememberedSecrets { secrets.removeFirst() }
        secrets.append(secret)
    }

    /// Counts a Realtime socket.
    /// - Returns: its number, from 1.
    mutating func nextSocket() -> UInt64 {
        sockets += 1
        return sockets
    }

    /// Returns false if the model is deleted already.
    package mutating func deleteModel(_ id: String) -> Bool {
        if deletedModels.count >= Self.rememberedDeletions { deletedModels.removeFirst() }
        return deletedModels.insert(id).inserted
    }
}
