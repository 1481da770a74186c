import SparringScenario
import SparringWire

/// The answers of a model.
extension MockScenario.Step {
    /// The model answers with this text, unchanged.
    public static func text(_ text: String) -> Self { Self(.text(Template(literal: text))) }

    /// The model answers with this text, with its placeholders filled in: `{{last.user}}`, `{{session}}`,
    /// `{{attempt}}`, `{{request.NAME}}` for a value of the request's body, and the named groups of the regular
    /// expressions in the rule's condition.
    public static func template(_ text: String) -> Self {
        let template = Template(text)
        return Self(.text(template), names: template.names)
    }

    /// Structured output: the document is the content.
    public static func json(_ document: MockJSON) -> Self { Self(.json(TemplateValue(literal: document.value))) }

    /// The model declines.
    public static func refusal(_ text: String) -> Self { Self(.refusal(Template(literal: text))) }

    /// The model calls a tool.
    public static func toolCall(_ name: String, _ arguments: MockJSON = [:]) -> Self {
        toolCalls([MockScenario.ToolCall(name, arguments)])
    }

    /// The model calls several tools at once.
    ///
    /// - Parameters:
    ///   - calls: the calls, in the order of the answer.
    ///   - text: the text before the calls; none by default.
    public static func toolCalls(_ calls: [MockScenario.ToolCall], text: String? = nil) -> Self {
        Self(
            .tools(
                calls.map {
                    ToolTemplate(
                        name: Template(literal: $0.name), arguments: TemplateValue(literal: $0.arguments.value))
                }, text: text.map { Template(literal: $0) }))
    }

    /// The output of a response of `/v1/responses`, item by item, in the API's format.
    public static func items(_ items: [MockJSON]) -> Self {
        Self(.items(items.map { TemplateValue(literal: $0.value) }))
    }

    /// An answer that is invented from the request. Equal requests get equal answers.
    public static let auto = Self(.auto)

    /// The server sends no answer. The client's timeout ends the call.
    public static let silence = Self(.silence)
}

/// Errors and raw answers.
extension MockScenario.Step {
    /// An error of the API.
    ///
    /// - Parameters:
    ///   - name: determines status, type, code and message.
    ///   - retryAfter: the value of the header field `retry-after`, in seconds of the session's time. A server with a time scale
    ///     converts it to real time.
    ///   - retryAfterMilliseconds: the value of the header field `retry-after-ms`.
    ///   - shouldRetry: the value of the header field `x-should-retry`.
    ///   - message: replaces the message of the API.
    public static func error(
        _ name: MockScenario.ErrorName, retryAfter: Duration? = nil, retryAfterMilliseconds: Int? = nil,
        shouldRetry: Bool? = nil, message: String? = nil
    ) -> Self {
        var error = ErrorAnswer(name: name.rawValue)
        error.message = message
        error.retryAfter = retryAfter.map { .seconds($0) }
        error.retryAfterMilliseconds = retryAfterMilliseconds
        error.shouldRetry = shouldRetry
        let isNegative = (retryAfter ?? .zero) < .zero || (retryAfterMilliseconds ?? 0) < 0
        return Self(.error(error), mistakes: name.mistakes + (isNegative ? ["a wait cannot be negative"] : []))
    }

    /// An error of your own: the API's error object with these values.
    ///
    /// - Parameters:
    ///   - status: 200 to 999.
    ///   - type: the error's `type`; null by default. The same holds for `code`, `param` and `message`.
    ///   - code: the error's `code`.
    ///   - param: the name of the parameter that the error is about.
    ///   - message: the error's sentence.
    public static func error(
        status: Int, type: String? = nil, code: String? = nil, param: String? = nil, message: String? = nil
    ) -> Self {
        var error = ErrorAnswer(name: nil)
        error.status = status
        (error.type, error.code, error.param, error.message) = (type, code, param, message)
        return Self(.error(error), mistakes: mistakes(status, atLeast: 200))
    }

    /// An answer with these bytes, which are not checked.
    ///
    /// - Parameters:
    ///   - status: 100 to 999.
    ///   - headers: the header fields, in this order.
    ///   - body: the bytes of the body.
    public static func raw(
        status: Int = 200, headers: KeyValuePairs<String, String> = [:], body: [UInt8]
    ) -> Self {
        let fields = HeaderFields(headers.map { HeaderFields.Field($0.key, $0.value) })
        return Self(
            .raw(RawAnswer(status: status, headers: fields, body: body)), mistakes: mistakes(status, atLeast: 100))
    }

    /// An answer with this text in UTF-8, which is not checked.
    ///
    /// - Parameters:
    ///   - status: 100 to 999.
    ///   - headers: the header fields, in this order.
    ///   - body: the text of the body.
    public static func raw(
        status: Int = 200, headers: KeyValuePairs<String, String> = [:], body: String
    ) -> Self {
        raw(status: status, headers: headers, body: Array(body.utf8))
    }

    /// An answer with this document as `application/json`, which is not checked.
    ///
    /// - Parameters:
    ///   - status: 100 to 999.
    ///   - json: the document.
    public static func raw(status: Int = 200, json: MockJSON) -> Self {
        raw(status: status, headers: ["content-type": "application/json"], body: json.bytes)
    }

    private static func mistakes(_ status: Int, atLeast low: Int) -> [String] {
        (low...999).contains(status) ? [] : ["a status must be from \(low) to 999, not \(status)"]
    }
}

extension MockScenario {
    /// A tool call of the model.
    public struct ToolCall: Sendable {
        /// The name of the function.
        public var name: String
        /// The arguments. Clients receive the arguments as text.
        public var arguments: MockJSON

        /// Makes a call with these arguments; by default, without arguments.
        public init(_ name: String, _ arguments: MockJSON = [:]) {
            self.name = name
            self.arguments = arguments
        }
    }
}
