import SparringAPI

/// What a session holds for its clients, one shelf for each kind of object.
package struct Objects: Sendable {
    var responses = ObjectList<StoredResponse>()
    var conversations = ObjectList<StoredConversation>()

    var completions = ObjectList<StoredCompletion>()
    var fineTuningJobs = ObjectList<FineTuningJob>()
    /// Fine-tunes that are no more.
    package private(set) var deletedModels: Set<String> = []

    /// So many are remembered; beyond it, any of them comes back.
    private static let rememberedDeletions = 10_000

    package init() {}

    /// False where it is deleted already.
    package mutating func deleteModel(_ id: String) -> Bool {
        if deletedModels.count >= Self.rememberedDeletions { deletedModels.removeFirst() }
        return deletedModels.insert(id).inserted
    }
}
