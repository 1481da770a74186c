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
    let query: QueryItems
    /// Nil where there is none, or none that is JSON.
    let body: JSONValue?
    let hasBody: Bool
    let session: Session

    func perform(context: inout AnswerContext, models: ModelTable) throws(APIError) -> Answer {
        switch endpoint {
        case .modelDeletion: return try deleteModel(self["model"], models, &context)
        case .chatCompletions, .responses, .embeddings, .completions, .moderations, .models, .model:
            preconditionFailure("\(endpoint.rawValue) is no operation on objects")
        }
    }

    /// A parameter of the path; the router has found it there.
    subscript(name: String) -> String { parameters[name, default: ""] }
}
