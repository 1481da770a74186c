import SparringAPI
import SparringExchange
import SparringJSON
import SparringWire

/// A request to read or change the session's objects.
///
/// Each family of objects has its own file with its operations. An operation changes the session in one short step
/// under the session's lock (`session.adjust`) and renders its answer outside it.
struct ObjectOperation {
    let endpoint: Endpoint
    /// The path parameters, such as `completion_id`.
    let parameters: [String: String]
    var query: QueryItems
    /// Nil if there is no body or the body is not JSON.
    var body: JSONValue?
    let hasBody: Bool
    /// The form, if the body was a form. `body` then contains the form's fields.
    var form: Form?
    let session: Session
    /// Real time. The session's clock converts it to session time.
    let now: Moment
    let validation: Validation
    let caller: Caller
    /// The `authorization` field as received.
    var authorization: String?
    let batches: any BatchTurns

    /// Performs the operation in the session's validation mode.
    func answer(context: AnswerInput, ids: inout IDMint, models: ModelTable) throws(APIError) -> Rendered {
        let fresh = ids
        let models = session.seen(models, at: context.created, now: now)
            .known(in: validation, model: parameters["model"])
        let answering = models.answering(body?["model"]?.string, at: endpoint)
        let draft = LenientRequest(endpoint, body: body, query: query, models: answering.models)
        var rendered = try draft.passing(validation) { (draft) throws(APIError) in
            var operation = self
            operation.body = draft.body
            operation.query = draft.query
            ids = fresh
            return try operation.perform(context: context, ids: &ids, models: draft.models)
        }
        rendered.warning = answering.warning
        return rendered
    }

    /// - Throws: a validation error before anything is changed, so the operation can be performed again without the
    ///   rejected parameter.
    private func perform(context: AnswerInput, ids: inout IDMint, models: ModelTable) throws(APIError) -> Rendered {
        switch endpoint {
        case .response: try retrieveResponse(context: context, ids: &ids, models: models)
        case .fileContent: try downloadFile(context: context, ids: &ids)
        default: Rendered(try performAlone(context: context, ids: &ids, models: models))
        }
    }

    /// Performs operations that have no effects after the answer.
    private func performAlone(context: AnswerInput, ids: inout IDMint, models: ModelTable) throws(APIError) -> Answer {
        switch endpoint {
        case .modelDeletion: return try deleteModel(self["model"], of: models, context: context, ids: &ids)
        case .responseDeletion: return try deleteResponse(context: context, ids: &ids)
        case .responseInputItems: return try listInputItems(context: context, ids: &ids, models: models)
        case .responseInputTokens: return try countInputTokens(context: context, ids: &ids, models: models)
        case .conversationCreation: return try createConversation(context: context, ids: &ids)
        case .conversation: return try retrieveConversation(context: context, ids: &ids)
        case .conversationUpdate: return try updateConversation(context: context, ids: &ids)
        case .conversationDeletion: return try deleteConversation(context: context, ids: &ids)
        case .conversationItemCreation: return try createConversationItems(context: context, ids: &ids)
        case .conversationItems: return try listConversationItems(context: context, ids: &ids)
        case .conversationItem: return try retrieveConversationItem(context: context, ids: &ids)
        case .conversationItemDeletion: return try deleteConversationItem(context: context, ids: &ids)
        case .responseCancellation: return try cancelResponse(context: context, ids: &ids, models: models)
        case .responseCompaction: return try compact(context: context, ids: &ids, models: models)
        case .storedCompletions: return try listCompletions(context: context, ids: &ids)
        case .storedCompletion: return try retrieveCompletion(context: context, ids: &ids, models: models)
        case .storedCompletionUpdate: return try updateCompletion(context: context, ids: &ids, models: models)
        case .storedCompletionDeletion: return try deleteCompletion(context: context, ids: &ids)
        case .storedCompletionMessages: return try listCompletionMessages(context: context, ids: &ids, models: models)
        case .fileCreation: return try createFile(context: context, ids: &ids)
        case .files: return try listFiles(context: context, ids: &ids)
        case .file: return try retrieveFile(context: context, ids: &ids)
        case .fileDeletion: return try deleteFile(context: context, ids: &ids)
        case .uploadCreation: return try createUpload(context: context, ids: &ids)
        case .uploadPart: return try addPart(context: context, ids: &ids)
        case .uploadCompletion: return try completeUpload(context: context, ids: &ids)
        case .uploadCancellation: return try cancelUpload(context: context, ids: &ids)
        case .batchCreation: return try createBatch(context: context, ids: &ids)
        case .batches: return try listBatches(context: context, ids: &ids)
        case .batch: return try retrieveBatch(context: context, ids: &ids)
        case .batchCancellation: return try cancelBatch(context: context, ids: &ids)
        case .fineTuningJobCreation: return try createFineTuningJob(context: context, ids: &ids, models: models)
        case .fineTuningJobs: return try listFineTuningJobs(context: context, ids: &ids)
        case .fineTuningJob: return try retrieveFineTuningJob(context: context, ids: &ids)
        case .fineTuningJobCancellation: return try cancelFineTuningJob(context: context, ids: &ids)
        case .fineTuningJobPause: return try pauseFineTuningJob(context: context, ids: &ids)
        case .fineTuningJobResumption: return try resumeFineTuningJob(context: context, ids: &ids)
        case .fineTuningEvents: return try listFineTuningEvents(context: context, ids: &ids)
        case .fineTuningCheckpoints: return try listFineTuningCheckpoints(context: context, ids: &ids)
        default: return try performOnVectorStores(context: context, ids: &ids)
        }
    }

    private func performOnVectorStores(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        switch endpoint {
        case .vectorStoreCreation: return try createVectorStore(context: context, ids: &ids)
        case .vectorStores: return try listVectorStores(context: context, ids: &ids)
        case .vectorStore: return try retrieveVectorStore(context: context, ids: &ids)
        case .vectorStoreUpdate: return try updateVectorStore(context: context, ids: &ids)
        case .vectorStoreDeletion: return try deleteVectorStore(context: context, ids: &ids)
        case .vectorStoreSearch: return try searchVectorStore(context: context, ids: &ids)
        case .vectorStoreFileCreation: return try createVectorStoreFile(context: context, ids: &ids)
        case .vectorStoreFiles: return try listVectorStoreFiles(context: context, ids: &ids)
        case .vectorStoreFile: return try retrieveVectorStoreFile(context: context, ids: &ids)
        case .vectorStoreFileUpdate: return try updateVectorStoreFile(context: context, ids: &ids)
        case .vectorStoreFileDeletion: return try deleteVectorStoreFile(context: context, ids: &ids)
        case .vectorStoreFileContent: return try readVectorStoreFile(context: context, ids: &ids)
        case .vectorStoreBatchCreation: return try createVectorStoreBatch(context: context, ids: &ids)
        case .vectorStoreBatch: return try retrieveVectorStoreBatch(context: context, ids: &ids)
        case .vectorStoreBatchCancellation: return try cancelVectorStoreBatch(context: context, ids: &ids)
        case .vectorStoreBatchFiles: return try listVectorStoreBatchFiles(context: context, ids: &ids)
        default: throw .unperformed(endpoint)
        }
    }

    /// The path parameter of that name, which the router has set.
    subscript(name: String) -> String { parameters[name, default: ""] }
}

extension APIError {
    /// The error for an operation in the table that has no code. A test performs every operation of the table.
    fileprivate static func unperformed(_ endpoint: Endpoint) -> APIError {
        APIError(
            status: 501, message: "Sparring: \(endpoint.rawValue) is not implemented.", code: "sparring_unsupported",
            headers: ["x-should-retry": "false"])
    }
}
