/// Faults in the fields of events and bodies.
extension MockScenario.Fault {
    /// `finish_reason` is null where it should have a value. The default point is `start`.
    public static func dropFinishReason(at point: Point? = nil) -> Self { named("drop_finish_reason", at: point) }

    /// Every event from here on, or the body, has an unknown field. The default point is `start`.
    public static func unknownField(at point: Point? = nil) -> Self { named("unknown_field", at: point) }

    /// The next field of this kind in a chat answer has an unknown value. The default point is `start`.
    public static func unknownValue(of field: ChunkField = .finishReason, at point: Point? = nil) -> Self {
        named("unknown_value", [.text(field.rawValue)], at: point)
    }

    /// Every event from here on, or the body, lacks this top-level field. The default point is `start`.
    public static func missingField(_ field: String = "system_fingerprint", at point: Point? = nil) -> Self {
        named("missing_field", [.text(field)], at: point)
    }

    /// This top-level field is null in every event from here on, or in the body. The default point is `start`.
    public static func nullField(_ field: String = "system_fingerprint", at point: Point? = nil) -> Self {
        named("null_field", [.text(field)], at: point)
    }

    /// This field, a name or a path such as `response.output`, is an empty text in every event from here on, or in the
    /// body. The default point is `start`.
    public static func emptyField(_ field: String = "system_fingerprint", at point: Point? = nil) -> Self {
        named("empty_field", [.text(field)], at: point)
    }

    /// All characters beyond ASCII are escapes of JSON in every event from here on, or in the body. The default point is `start`.
    public static func asciiEscapes(at point: Point? = nil) -> Self { named("ascii_escapes", at: point) }

    /// The next character beyond U+FFFF is sent as escapes in two events, one half in each. The default point is `start`.
    public static func splitSurrogates(at point: Point? = nil) -> Self { named("split_surrogates", at: point) }

    /// Every chunk of a chat stream reports the usage so far.
    public static let runningUsage = named("running_usage")

    /// The answer asks for this wait only in one field, and has no `retry-after`.
    public static func retryHint(
        _ form: RetryHintForm = .azureMilliseconds, wait: Duration = .milliseconds(1500)
    ) -> Self {
        named("retry_hint", [.text(form.rawValue), .duration(wait)])
    }

    /// The field of an answer that asks a client to wait, and its spelling.
    public enum RetryHintForm: String, Sendable, CaseIterable {
        /// `x-ms-retry-after-ms: 1500`
        case azureMilliseconds = "x-ms-retry-after-ms"
        /// `x-ratelimit-reset-requests: 1.5s`
        case resetRequests = "reset-requests"
        /// `x-ratelimit-reset-tokens: 1.5s`
        case resetTokens = "reset-tokens"
        /// `x-ratelimit-reset-requests: 1.5`
        case resetSeconds = "reset-seconds"
        /// `x-ratelimit-reset-requests: 1500ms`
        case resetMilliseconds = "reset-milliseconds"
        /// The answer asks for the wait in both fields, for requests and for tokens.
        case resetBoth = "reset-both"
    }

    /// An extra chat chunk is inserted. The default point is `event 1`.
    public static func extraDelta(_ form: DeltaForm = .empty, at point: Point? = nil) -> Self {
        named("extra_delta", [.text(form.rawValue)], at: point)
    }

    /// A chat chunk without choices is inserted, or the body has no choices. The default point is `start`.
    public static func emptyChoices(at point: Point? = nil) -> Self { named("empty_choices", at: point) }

    /// The role is sent again in the middle of a chat stream. The default point is `event 2`.
    public static func secondRole(at point: Point? = nil) -> Self { named("second_role", at: point) }

    /// The events have another id from here on. The default point is `event 2`.
    public static func changedID(at point: Point? = nil) -> Self { named("changed_id", at: point) }

    /// The chunk with the usage is left out, or the body has no usage. The default point is `start`.
    public static func dropUsage(at point: Point? = nil) -> Self { named("drop_usage", at: point) }

    /// The chunk with the usage is sent twice. The default point is `start`.
    public static func doubleUsage(at point: Point? = nil) -> Self { named("double_usage", at: point) }

    /// The indices of tool calls start at 5. The default point is `start`.
    public static func toolIndexGap(at point: Point? = nil) -> Self { named("tool_index_gap", at: point) }

    /// The arguments of several tool calls are interleaved. The default point is `start`.
    public static func toolCallsInterleaved(at point: Point? = nil) -> Self {
        named("tool_calls_interleaved", at: point)
    }

    /// The id of a tool call is missing, repeated or empty. The default point is `start`.
    public static func toolID(_ form: ToolIDForm = .missing, at point: Point? = nil) -> Self {
        named("tool_id", [.text(form.rawValue)], at: point)
    }

    /// The arguments of a tool call are not JSON: they begin with one brace too many. The default point is `start`.
    public static func toolArguments(at point: Point? = nil) -> Self { named("tool_arguments", at: point) }

    /// A field of a chat chunk that has a fixed set of values.
    public enum ChunkField: String, Sendable, CaseIterable {
        /// `finish_reason`
        case finishReason = "finish_reason"
        /// `role`
        case role
        /// `object`
        case object
    }

    /// The form of the `delta` of an extra chat chunk.
    public enum DeltaForm: String, Sendable, CaseIterable {
        /// `{}`
        case empty
        /// `null`
        case null
        /// `content` is null.
        case nullContent = "null_content"
        /// There is no `delta`.
        case missing
    }

    /// The flaw of a tool call's id.
    public enum ToolIDForm: String, Sendable, CaseIterable {
        /// The id is missing from every delta.
        case missing
        /// The id is in every delta.
        case repeated
        /// The id is empty in all deltas but the first.
        case empty
    }
}
