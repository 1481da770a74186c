import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// A request for an operation that only the OpenAPI document has, and all that its answer depends on.
///
/// `answer` is where a generic answer is made: `GenericAnswers` asks each maker in turn. A scripted answer, a limit's
/// refusal and chaos come before it; faults are applied after it.
struct GenericCall {
    var operation: APIOperation
    let document: OpenAPIDocument
    /// As received, `HEAD` too.
    let method: String
    /// Without query and session prefix.
    let path: Substring
    /// The decoded parameters of the path, by name.
    var parameters: [String: String]
    let query: QueryItems
    /// The JSON of the body, or a form's fields as JSON; nil if there is no body or it is neither.
    var body: JSONValue?
    let hasBody: Bool
    /// The form with its files, if the body was one. Files that the answer does not keep are discarded after it.
    let form: Form?
    let session: Session
    /// Real time; the session's clock converts it.
    let now: Moment
    let validation: Validation
    let caller: Caller
    /// Whether operations that the API has shut down are answered.
    let servesRetired: Bool

    /// True if the request asks for events.
    var isStream: Bool { body?["stream"] == true || body?["stream"]?.string == "true" }
}
