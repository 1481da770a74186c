/// The operations that have an emulation. The raw value is the name in scenarios (`endpoint: chat.completions`).
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
    case fineTuningJobCreation = "fine_tuning.jobs.create"
    case fineTuningJobs = "fine_tuning.jobs.list"
    case fineTuningJob = "fine_tuning.jobs.retrieve"
    case fineTuningJobCancellation = "fine_tuning.jobs.cancel"
    case fineTuningJobPause = "fine_tuning.jobs.pause"
    case fineTuningJobResumption = "fine_tuning.jobs.resume"
    case fineTuningEvents = "fine_tuning.jobs.list_events"
    case fineTuningCheckpoints = "fine_tuning.jobs.checkpoints.list"
}

extension Endpoint {
    /// What an operation is about.
    package enum Kind: Sendable, Hashable {
        /// A model is asked: accounts are charged, and every rule of a scenario may answer.
        case model
        /// Objects are read or changed: what a session holds answers, unless a rule names the endpoint.
        case object
        /// Reads what is there, and has its answer whatever the script says. No script advances, and nobody counts it as a call.
        case catalogue
    }

    /// A row of the table of operations.
    package struct Operation: Sendable {
        package let kind: Kind
        package let method: String
        package let path: String
        /// What checks a request to a model; nil where no model is asked.
        package let call: (any CheckedCall.Type)?

        static func model(_ call: any CheckedCall.Type, _ method: String, _ path: String) -> Operation {
            Operation(kind: .model, method: method, path: path, call: call)
        }

        static func object(_ method: String, _ path: String) -> Operation {
            Operation(kind: .object, method: method, path: path, call: nil)
        }

        static func catalogue(_ method: String, _ path: String) -> Operation {
            Operation(kind: .catalogue, method: method, path: path, call: nil)
        }
    }

    /// What the operation is about and where it is found, as the API reference writes it.
    ///
    /// Source: https://platform.openai.com/docs/api-reference and the official OpenAPI document.
    package var operation: Operation {
        switch self {
        case .chatCompletions: .model(ChatRequest.self, "POST", "/v1/chat/completions")
        case .storedCompletions: .object("GET", "/v1/chat/completions")
        case .storedCompletion: .object("GET", "/v1/chat/completions/{completion_id}")
        case .storedCompletionUpdate: .object("POST", "/v1/chat/completions/{completion_id}")
        case .storedCompletionDeletion: .object("DELETE", "/v1/chat/completions/{completion_id}")
        case .storedCompletionMessages: .object("GET", "/v1/chat/completions/{completion_id}/messages")
        case .responses: .model(ResponsesRequest.self, "POST", "/v1/responses")
        case .embeddings: .model(EmbeddingsRequest.self, "POST", "/v1/embeddings")
        case .completions: .model(CompletionsRequest.self, "POST", "/v1/completions")
        case .moderations: .model(ModerationsRequest.self, "POST", "/v1/moderations")
        case .models: .catalogue("GET", "/v1/models")
        case .model: .catalogue("GET", "/v1/models/{model}")
        case .modelDeletion: .object("DELETE", "/v1/models/{model}")
        case .response: .object("GET", "/v1/responses/{response_id}")
        case .responseDeletion: .object("DELETE", "/v1/responses/{response_id}")
        case .responseCancellation: .object("POST", "/v1/responses/{response_id}/cancel")
        case .responseCompaction: .object("POST", "/v1/responses/compact")
        case .responseInputItems: .object("GET", "/v1/responses/{response_id}/input_items")
        case .responseInputTokens: .object("POST", "/v1/responses/input_tokens")
        case .conversationCreation: .object("POST", "/v1/conversations")
        case .conversation: .object("GET", "/v1/conversations/{conversation_id}")
        case .conversationUpdate: .object("POST", "/v1/conversations/{conversation_id}")
        case .conversationDeletion: .object("DELETE", "/v1/conversations/{conversation_id}")
        case .conversationItemCreation: .object("POST", "/v1/conversations/{conversation_id}/items")
        case .conversationItems: .object("GET", "/v1/conversations/{conversation_id}/items")
        case .conversationItem: .object("GET", "/v1/conversations/{conversation_id}/items/{item_id}")
        case .conversationItemDeletion: .object("DELETE", "/v1/conversations/{conversation_id}/items/{item_id}")
        case .fileCreation: .object("POST", "/v1/files")
        case .files: .object("GET", "/v1/files")
        case .file: .object("GET", "/v1/files/{file_id}")
        case .fileDeletion: .object("DELETE", "/v1/files/{file_id}")
        case .fileContent: .object("GET", "/v1/files/{file_id}/content")
        case .uploadCreation: .object("POST", "/v1/uploads")
        case .uploadPart: .object("POST", "/v1/uploads/{upload_id}/parts")
        case .uploadCompletion: .object("POST", "/v1/uploads/{upload_id}/complete")
        case .uploadCancellation: .object("POST", "/v1/uploads/{upload_id}/cancel")
        case .batchCreation: .object("POST", "/v1/batches")
        case .batches: .object("GET", "/v1/batches")
        case .batch: .object("GET", "/v1/batches/{batch_id}")
        case .batchCancellation: .object("POST", "/v1/batches/{batch_id}/cancel")
        case .speech: .model(SpeechRequest.self, "POST", "/v1/audio/speech")
        case .transcriptions: .model(TranscriptionRequest.self, "POST", "/v1/audio/transcriptions")
        case .translations: .model(TranscriptionRequest.self, "POST", "/v1/audio/translations")
        case .fineTuningJobCreation: .object("POST", "/v1/fine_tuning/jobs")
        case .fineTuningJobs: .object("GET", "/v1/fine_tuning/jobs")
        case .fineTuningJob: .object("GET", "/v1/fine_tuning/jobs/{fine_tuning_job_id}")
        case .fineTuningJobCancellation: .object("POST", "/v1/fine_tuning/jobs/{fine_tuning_job_id}/cancel")
        case .fineTuningJobPause: .object("POST", "/v1/fine_tuning/jobs/{fine_tuning_job_id}/pause")
        case .fineTuningJobResumption: .object("POST", "/v1/fine_tuning/jobs/{fine_tuning_job_id}/resume")
        case .fineTuningEvents: .object("GET", "/v1/fine_tuning/jobs/{fine_tuning_job_id}/events")
        case .fineTuningCheckpoints: .object("GET", "/v1/fine_tuning/jobs/{fine_tuning_job_id}/checkpoints")
        }
    }

    package var kind: Kind { operation.kind }

    /// How large a form may be that is taken as it comes; nil where the operation takes none. Room for the form's own lines is in it.
    package var longestForm: Int? {
        switch self {
        case .fileCreation: FilesRequest.largestFile + (1 << 20)
        case .uploadPart: UploadObject.largestPart + (1 << 20)
        case .transcriptions, .translations: TranscriptionRequest.largestForm
        default: nil
        }
    }

    /// Of the machinery for sound, which has its own way with errors.
    package var isOfSound: Bool { hearsSound || self == .speech }

    /// Whether its form's file is listened to, and not kept.
    package var hearsSound: Bool { self == .transcriptions || self == .translations }

    /// Whether its streams end with an event that says so, and no `[DONE]` follows.
    package var streamsEndByThemselves: Bool { streamsResponses || isOfSound }

    /// Whether its streams are those of a response: named events, numbered, without `[DONE]`.
    package var streamsResponses: Bool { self == .responses || self == .response }

    /// Whether it belongs to the newer machinery, whose errors report no limits and whose headers expose nothing.
    package var isOfResponses: Bool {
        self == .responses || operation.path.hasPrefix("/v1/responses/")
            || operation.path.hasPrefix("/v1/conversations")
    }
}
