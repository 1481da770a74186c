import SparringAPI
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
    let session: Session
    let validation: Validation

    /// What the operation gives, however strict the session is.
    func answer(context: inout AnswerContext, models: ModelTable) throws(APIError) -> Answer {
        let fresh = context
        let models = models.known(in: validation, model: parameters["model"])
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
        case .modelDeletion: return try ModelsAnswer.delete(self["model"], models: models, context: &context)
        case .chatCompletions, .responses, .embeddings, .models, .model:
            preconditionFailure("\(endpoint.rawValue) is no operation on objects")
        }
    }

    /// A parameter of the path; the router has found it there.
    subscript(name: String) -> String { parameters[name, default: ""] }
}
