import SparringAPI

/// The objects that a session stores for its clients, with a list for each kind.
package struct Objects: Sendable {
    var responses = ObjectList<StoredResponse>()
    var conversations = ObjectList<StoredConversation>()

    var completions = ObjectList<StoredCompletion>()
    var fineTuningJobs = ObjectList<FineTuningJob>()
    /// The deleted fine-tuned models.
    package private(set) var deletedModels: Set<String> = []

    /// The most deletions remembered; beyond it, deleted models may reappear.
    private static let rememberedDeletions = 10_000

    package init() {}

    /// Returns false if the model is deleted already.
    package mutating func deleteModel(_ id: String) -> Bool {
        if deletedModels.count >= Self.rememberedDeletions { deletedModels.removeFirst() }
        return deletedModels.insert(id).inserted
    }
}
