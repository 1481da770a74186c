/// Faults of the content that the model produces.
extension MockScenario.Fault {
    /// The model declines: a refusal replaces the text.
    public static func refuse(_ text: String = "I cannot help with that.") -> Self { named("refuse", [.text(text)]) }

    /// A filter stops the answer in the middle: `finish_reason` is `content_filter`.
    public static let contentFilter = named("content_filter")

    /// The answer ends in the middle because of its length: `finish_reason` is `length`.
    public static let cutShort = named("cut_short")

    /// The model finishes without any text.
    public static let emptyAnswer = named("empty_answer")

    /// The model repeats its text, 2 to 100000 times.
    public static func repetition(times: Int = 20) -> Self { named("repetition", [.integer(times)]) }

    /// The model answers in a language other than the request's.
    public static let wrongLanguage = named("wrong_language")

    /// The model calls a tool that the request does not offer.
    public static let wrongTool = named("wrong_tool")

    /// The arguments of a tool call violate its schema.
    public static func wrongArguments(_ form: ArgumentsForm = .unknown) -> Self {
        named("wrong_arguments", [.text(form.rawValue)])
    }

    /// Structured output violates its schema.
    public static func offSchema(_ violation: SchemaViolation = .missing) -> Self {
        named("off_schema", [.text(violation.rawValue)])
    }

    /// The flaw of a tool call's arguments.
    public enum ArgumentsForm: String, Sendable, CaseIterable {
        /// The arguments are an object with one field that the schema does not have.
        case unknown
        /// The arguments are an array.
        case array
        /// The arguments are not JSON.
        case notJSON = "no_json"
    }

    /// The flaw of structured output.
    public enum SchemaViolation: String, Sendable, CaseIterable {
        /// A member is missing.
        case missing
        /// A member has the wrong type.
        case wrongType = "wrong_type"
        /// A member is unknown.
        case unknown
        /// The JSON is in a Markdown code fence.
        case fenced
        /// The JSON is cut in half.
        case cut
    }
}
