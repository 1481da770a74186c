/// The table of operations: a row for each endpoint, with the type that checks its calls.
extension Endpoint {
    /// A row of the table of operations.
    package struct Operation: Sendable {
        package let kind: Kind
        package let method: String
        package let path: String
        /// The type that checks a call of a model; nil if the operation calls no model.
        package let call: (any CheckedCall.Type)?

        static func model(_ call: any CheckedCall.Type, _ method: String, _ path: String) -> Operation {
            Operation(kind: .model, method: method, path: path, call: call)
        }

        static func object(_ method: String, _ path: String) -> Operation {
            Operation(kind: .object, method: method, path: path, call: nil)
        }

        static func socket(_ method: String, _ path: String) -> Operation {
            Operation(kind: .socket, method: method, path: path, call: nil)
        }

        static func catalogue(_ method: String, _ path: String) -> Operation {
            Operation(kind: .catalogue, method: method, path: path, call: nil)
        }
    }

    /// The operation's kind, method and path, as in the API reference.
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
        case .imageGenerations: .model(ImageRequest.self, "POST", "/v1/images/generations")
        case .imageEdits: .model(ImageRequest.self, "POST", "/v1/images/edits")
        case .imageVariations: .model(ImageRequest.self, "POST", "/v1/images/variations")
        case .fineTuningJobCreation: .object("POST", "/v1/fine_tuning/jobs")
        case .fineTuningJobs: .object("GET", "/v1/fine_tuning/jobs")
        case .fineTuningJob: .object("GET", "/v1/fine_tuning/jobs/{fine_tuning_job_id}")
        case .fineTuningJobCancellation: .object("POST", "/v1/fine_tuning/jobs/{fine_tuning_job_id}/cancel")
        case .fineTuningJobPause: .object("POST", "/v1/fine_tuning/jobs/{fine_tuning_job_id}/pause")
        case .fineTuningJobResumption: .object("POST", "/v1/fine_tuning/jobs/{fine_tuning_job_id}/resume")
        case .fineTuningEvents: .object("GET", "/v1/fine_tuning/jobs/{fine_tuning_job_id}/events")
        case .fineTuningCheckpoints: .object("GET", "/v1/fine_tuning/jobs/{fine_tuning_job_id}/checkpoints")
        case .vectorStoreCreation: .object("POST", "/v1/vector_stores")
        case .vectorStores: .object("GET", "/v1/vector_stores")
        case .vectorStore: .object("GET", "/v1/vector_stores/{vector_store_id}")
        case .vectorStoreUpdate: .object("POST", "/v1/vector_stores/{vector_store_id}")
        case .vectorStoreDeletion: .object("DELETE", "/v1/vector_stores/{vector_store_id}")
        case .vectorStoreSearch: .object("POST", "/v1/vector_stores/{vector_store_id}/search")
        case .vectorStoreFileCreation: .object("POST", "/v1/vector_stores/{vector_store_id}/files")
        case .vectorStoreFiles: .object("GET", "/v1/vector_stores/{vector_store_id}/files")
        case .vectorStoreFile: .object("GET", "/v1/vector_stores/{vector_store_id}/files/{file_id}")
        case .vectorStoreFileUpdate: .object("POST", "/v1/vector_stores/{vector_store_id}/files/{file_id}")
        case .vectorStoreFileDeletion: .object("DELETE", "/v1/vector_stores/{vector_store_id}/files/{file_id}")
        case .vectorStoreFileContent: .object("GET", "/v1/vector_stores/{vector_store_id}/files/{file_id}/content")
        case .vectorStoreBatchCreation: .object("POST", "/v1/vector_stores/{vector_store_id}/file_batches")
        case .vectorStoreBatch: .object("GET", "/v1/vector_stores/{vector_store_id}/file_batches/{batch_id}")
        case .vectorStoreBatchCancellation:
            .object("POST", "/v1/vector_stores/{vector_store_id}/file_batches/{batch_id}/cancel")
        case .vectorStoreBatchFiles:
            .object("GET", "/v1/vector_stores/{vector_store_id}/file_batches/{batch_id}/files")
        case .realtime: .socket("GET", "/v1/realtime")
        }
    }

    /// The maximum size in bytes of a form, which is read while it arrives, including the lines between its fields; nil if the operation
    /// takes no form.
    package var longestForm: Int? {
        switch self {
        case .fileCreation: FilesRequest.largestFile + (1 << 20)
        case .uploadPart: UploadObject.largestPart + (1 << 20)
        case .transcriptions, .translations: TranscriptionRequest.largestForm
        case .imageEdits, .imageVariations: ImageRequest.largestForm
        default: nil
        }
    }
}
