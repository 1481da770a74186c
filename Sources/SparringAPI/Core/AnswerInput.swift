/// The input of an answer in addition to the request and the content. Plain data, so that rendering reads no clock and
/// draws no numbers.
package struct AnswerInput: Sendable {
    /// The value of `created`, in Unix seconds.
    package var created: Int
    /// `openai-processing-ms`.
    package var processingMilliseconds: Int
    package var organization: String
    package var project: String
    /// The state of the rate limits after this request; nil if the endpoint reports none.
    package var rateLimits: RateLimitReading?
    /// True if errors also report the limits; false for `/responses`.
    package var errorsReportLimits = true
    /// How long a background response takes.
    package var background = BackgroundPlan.standard
    /// The scripted ending of a response that does not complete.
    package var ending: ResponsesEnding?
    /// The scripted plan of a new batch.
    package var batch: BatchPlan?
    /// The scripted progress of a new object.
    package var progress: ProgressPlan?
    /// The prompt's tokens that were read from the prompt cache, and those that were written to it.
    package var promptCache = CacheablePrompt.Use()
    /// Whether the answer carries `x-openai-proxy-wasm`, as the answers of some endpoints do.
    package var passesProxy = false
    /// Whether an answer reports a response that is not stored. The value is true on a WebSocket, which keeps the response for its next
    /// turn.
    package var reportsUnstored = false
    /// The scheme and host under which the client reaches the server; nil if unknown.
    package var origin: String?
    /// The number of reasoning tokens before the answer, which are not shown but are counted.
    package var reasoningTokens = 0

    /// The organization of clients that name none.
    package static let anyOrganization = "sparring-org"
    package static let anyProject = "proj_sparring"

    package init(
        created: Int, processingMilliseconds: Int = 1, organization: String = Self.anyOrganization,
        project: String = Self.anyProject, rateLimits: RateLimitReading? = nil
    ) {
        self.created = created
        self.processingMilliseconds = processingMilliseconds
        self.organization = organization
        self.project = project
        self.rateLimits = rateLimits
    }
}
