import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// A request for an operation that only the OpenAPI document has, with everything that the answer depends on.
///
/// `answer` makes a generic answer: `GenericAnswers` tries each maker in turn. A scripted answer, a refusal by a limit
/// and chaos take precedence over it; faults are applied to it afterwards.
struct GenericCall {
    var operation: APIOperation
    let document: OpenAPIDocument
    /// The method as received, including `HEAD`.
    let method: String
    /// The path without query and without a session's prefix.
    let path: Substring
    /// The decoded parameters of the path, by name.
    var parameters: [String: String]
    let query: QueryItems
    /// The JSON of the body, or a form's fields as JSON; nil if there is no body or it is neither.
    var body: JSONValue?
    let hasBody: Bool
    /// The form with its files, if the body was a form. Files that the answer does not keep are discarded after the
    /// answer.
    let form: Form?
    let session: Session
    /// Real time. The session's clock converts it to session time.
    let now: Moment
    let validation: Validation
    let caller: Caller
    /// Whether operations that the API has shut down are answered.
    let servesRetired: Bool

    /// True if the request asks for events.
    var isStream: Bool { body?["stream"] == true || body?["stream"]?.string == "true" }
}
