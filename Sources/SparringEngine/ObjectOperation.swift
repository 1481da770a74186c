import SparringAPI
import SparringExchange
import SparringJSON
import SparringWire

/// A request to read or change what a session holds.
///
/// Each family of objects has a file of its own with what its operations do. They change the session in one short step under its
/// lock (`session.adjust`), and write their answer outside it.
struct ObjectOperation {
    let endpoint: Endpoint
    /// What the path names, such as `completion_id`.
    let parameters: [String: String]
    var query: QueryItems
    /// Nil where there is none, or none that is JSON.
    var body: JSONValue?
    let hasBody: Bool
    /// Where the body was a form; `body` has its fields.
    var form: Form?
    let session: Session
    /// Real time, as everywhere; the session's clock makes its own of it.
    let now: Moment
    let validation: Validation
    let caller: Caller
    /// The field of that name, as it came.
    var authorization: String?
    let batches: BatchWorker

    /// What the operation gives, however strict the session is.
    func answer(context: inout AnswerContext, models: ModelTable) throws(APIError) -> Answer {
        let fresh = context
        let models = session.seen(models, at: context.created).known(in: validation, model: parameters["model"])
        let draft = Draft(endpoint, body: body, query: query, models: models)
        return try draft.passing(validation) { (draft) throws(APIError) in
            var operation = self
            operation.body = draft.body
            operation.query = draft.query
            context = fresh
            return try operation.perform(context: &context, models: draft.models)
        }
    }

    /// - Throws: a complaint, with nothing changed: the operation may be performed again without what it is about.
    private func perform(context: inout AnswerContext, models: ModelTable) throws(APIError) -> Answer {
        switch endpoint {
        case .modelDeletion: return try deleteModel(self["model"], models, &context)
        case .response: return try retrieveResponse(context: &context, models: models)
        case .responseDeletion: return try deleteResponse(context: &context)
        case .responseInputItems: return try listInputItems(context: &context, models: models)
        case .responseInputTokens: return try countInputTokens(context: &context, models: models)
        case .conversationCreation: return try createConversation(context: &context)
        case .conversation: return try retrieveConversation(context: &context)
        case .conversationUpdate: return try updateConversation(context: &context)
        case .conversationDeletion: return try deleteConversation(context: &context)
        case .conversationItemCreation: return try createConversationItems(context: &context)
        case .conversationItems: return try listConversationItems(context: &context)
        case .conversationItem: return try retrieveConversationItem(context: &context)
        case .conversationItemDeletion: return try deleteConversationItem(context: &context)
        case .responseCancellation: return try cancelResponse(context: &context, models: models)
        case .responseCompaction: return try compact(context: &context, models: models)
        case .storedCompletions: return try listCompletions(context: &context)
        case .storedCompletion: return try retrieveCompletion(context: &context, models: models)
        case .storedCompletionUpdate: return try updateCompletion(context: &context, models: models)
        case .storedCompletionDeletion: return try deleteCompletion(context: &context)
        case .storedCompletionMessages: return try listCompletionMessages(context: &context, models: models)
        case .fileCreation: return try createFile(context: &context)
        case .files: return try listFiles(context: &context)
        case .file: return try retrieveFile(context: &context)
        case .fileDeletion: return try deleteFile(context: &context)
        case .fileContent: return try downloadFile(context: &context)
        case .uploadCreation: return try createUpload(context: &context)
        case .uploadPart: return try addPart(context: &context)
        case .uploadCompletion: return try completeUpload(context: &context)
        case .uploadCancellation: return try cancelUpload(context: &context)
        case .batchCreation: return try createBatch(context: &context)
        case .batches: return try listBatches(context: &context)
        case .batch: return try retrieveBatch(context: &context)
        case .batchCancellation: return try cancelBatch(context: &context)
        case .fineTuningJobCreation: return try createFineTuningJob(context: &context, models: models)
        case .fineTuningJobs: return try listFineTuningJobs(context: &context)
        case .fineTuningJob: return try retrieveFineTuningJob(context: &context)
        case .fineTuningJobCancellation: return try cancelFineTuningJob(context: &context)
        case .fineTuningJobPause: return try pauseFineTuningJob(context: &context)
        case .fineTuningJobResumption: return try resumeFineTuningJob(context: &context)
        case .fineTuningEvents: return try listFineTuningEvents(context: &context)
        case .fineTuningCheckpoints: return try listFineTuningCheckpoints(context: &context)
        default: throw .unperformed(endpoint)
        }
    }

    /// A parameter of the path; the router has found it there.
    subscript(name: String) -> String { parameters[name, default: ""] }
}

extension APIError {
    /// For an operation on objects whose row has no code here. A test performs each row.
    fileprivate static func unperformed(_ endpoint: Endpoint) -> APIError {
        APIError(
            status: 501, message: "Sparring: \(endpoint.rawValue) is not performed.", code: "sparring_unsupported",
            headers: ["x-should-retry": "false"])
    }
}
