/// The emulated operations. The raw value is the name in scenarios (`endpoint: chat.completions`).
package enum Endpoint: String, Sendable, Hashable, CaseIterable {
    case chatCompletions = "chat.completions"
    case storedCompletions = "chat.completions.list"
    case storedCompletion = "chat.completions.retrieve"
    case storedCompletionUpdate = "chat.completions.update"
    case storedCompletionDeletion = "chat.completions.delete"
    case storedCompletionMessages = "chat.completions.messages"
    case responses
    case embeddings
    case completions
    case moderations
    case models
    case model = "models.retrieve"
    case modelDeletion = "models.delete"
    case response = "responses.retrieve"
    case responseDeletion = "responses.delete"
    case responseCancellation = "responses.cancel"
    case responseCompaction = "responses.compact"
    case responseInputItems = "responses.input_items"
    case responseInputTokens = "responses.input_tokens"
    case conversationCreation = "conversations.create"
    case conversation = "conversations.retrieve"
    case conversationUpdate = "conversations.update"
    case conversationDeletion = "conversations.delete"
    case conversationItemCreation = "conversations.items.create"
    case conversationItems = "conversations.items"
    case conversationItem = "conversations.items.retrieve"
    case conversationItemDeletion = "conversations.items.delete"
    case fileCreation = "files.create"
    case files = "files.list"
    case file = "files.retrieve"
    case fileDeletion = "files.delete"
    case fileContent = "files.content"
    case uploadCreation = "uploads.create"
    case uploadPart = "uploads.parts.create"
    case uploadCompletion = "uploads.complete"
    case uploadCancellation = "uploads.cancel"
    case batchCreation = "batches.create"
    case batches = "batches.list"
    case batch = "batches.retrieve"
    case batchCancellation = "batches.cancel"
    case speech = "audio.speech"
    case transcriptions = "audio.transcriptions"
    case translations = "audio.translations"
    case imageGenerations = "images.generate"
    case imageEdits = "images.edit"
    case imageVariations = "images.create_variation"
    case fineTuningJobCreation = "fine_tuning.jobs.create"
    case fineTuningJobs = "fine_tuning.jobs.list"
    case fineTuningJob = "fine_tuning.jobs.retrieve"
    case fineTuningJobCancellation = "fine_tuning.jobs.cancel"
    case fineTuningJobPause = "fine_tuning.jobs.pause"
    case fineTuningJobResumption = "fine_tuning.jobs.resume"
    case fineTuningEvents = "fine_tuning.jobs.list_events"
    case fineTuningCheckpoints = "fine_tuning.jobs.checkpoints.list"
    case vectorStoreCreation = "vector_stores.create"
    case vectorStores = "vector_stores.list"
    case vectorStore = "vector_stores.retrieve"
    case vectorStoreUpdate = "vector_stores.update"
    case vectorStoreDeletion = "vector_stores.delete"
    case vectorStoreSearch = "vector_stores.search"
    case vectorStoreFileCreation = "vector_stores.files.create"
    case vectorStoreFiles = "vector_stores.files.list"
    case vectorStoreFile = "vector_stores.files.retrieve"
    case vectorStoreFileUpdate = "vector_stores.files.update"
    case vectorStoreFileDeletion = "vector_stores.files.delete"
    case vectorStoreFileContent = "vector_stores.files.content"
    case vectorStoreBatchCreation = "vector_stores.file_batches.create"
    case vectorStoreBatch = "vector_stores.file_batches.retrieve"
    case vectorStoreBatchCancellation = "vector_stores.file_batches.cancel"
    case vectorStoreBatchFiles = "vector_stores.file_batches.list_files"
    case realtime
}

extension Endpoint {
    /// The kind of an operation.
    package enum Kind: Sendable, Hashable {
        /// Calls a model: accounts are charged, and every rule of a scenario may answer.
        case model
        /// Reads or changes the session's objects, unless a rule of the scenario names the endpoint.
        case object
        /// Reads fixed data. Scripts do not answer such an operation and do not advance, and it does not count as a call.
        case catalogue
        /// Opens a WebSocket, whose events are answered one by one.
        case socket
    }

    package var kind: Kind { operation.kind }

    /// Whether answers carry `x-openai-proxy-wasm`. Recorded in 2026: answers of responses and completions never carry this field; for
    /// other endpoints, it is not known whether they do.
    package var passesProxy: Bool {
        switch self {
        case .chatCompletions, .embeddings, .moderations, .fileCreation, .files, .file, .batchCreation, .batches,
            .batch:
            true
        default: false
        }
    }

    /// True for the audio endpoints, whose errors differ from the errors of other endpoints.
    package var isOfSound: Bool { hearsSound || self == .speech }

    /// True if the form contains audio that is measured and not stored.
    package var hearsSound: Bool { self == .transcriptions || self == .translations }

    /// True for the operations that make images.
    package var makesImages: Bool { self == .imageGenerations || self == .imageEdits || self == .imageVariations }

    /// True for operations that create an object with its own progress, which a scenario can set.
    package var beginsWork: Bool {
        self == .vectorStoreCreation || self == .vectorStoreFileCreation || self == .vectorStoreBatchCreation
    }

    /// True if `json` in a step is the whole body. This holds for images, vector stores, and operations that are known only from the
    /// OpenAPI document.
    package var takesWholeBodies: Bool { makesImages || family == "vector_stores" }

    /// True if a call of a model may be sent as a form.
    package var callsByForm: Bool { kind == .model && longestForm != nil }

    /// True if streams end with a final event and without `[DONE]`.
    package var streamsEndByThemselves: Bool { streamsResponses || isOfSound || makesImages || self == .realtime }

    /// True if streams are those of a response: named, numbered events without `[DONE]`.
    package var streamsResponses: Bool { self == .responses || self == .response }

    /// True for the newer endpoints, whose errors report no limits.
    package var isOfResponses: Bool {
        self == .responses || operation.path.hasPrefix("/v1/responses/")
            || operation.path.hasPrefix("/v1/conversations")
    }
}
