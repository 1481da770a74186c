/// What an answer is made from besides the request and the content. All of it is data: nothing here reads a clock or draws a number.
package struct AnswerInput: Sendable {
    /// Unix seconds of `created`.
    package var created: Int
    /// `openai-processing-ms`.
    package var processingMilliseconds: Int
    package var organization: String
    package var project: String
    /// The state of the account's buckets after this request; nil where the endpoint reports none.
    package var rateLimits: RateLimitReading?
    /// Whether errors report limits as answers do: those of `/responses` do not.
    package var errorsReportLimits = true
    /// `access-control-expose-headers`, which the older endpoints send and `/responses` does not.
    package var exposesRequestID = true
    /// How long a response in the background takes.
    package var background = BackgroundPlan.standard
    /// Where a script ends a response otherwise than by completing it.
    package var ending: ResponsesEnding?
    /// How a batch that is made goes, where a script says so.
    package var batch: BatchPlan?
    /// What the prompt cache has to do with the request's prompt.
    package var promptCache = CacheablePrompt.Use()
    /// `x-openai-proxy-wasm`, which some endpoints send.
    package var passesProxy = false
    /// What the model thinks before it speaks, in tokens: unseen, but counted.
    package var reasoningTokens = 0

    /// Of callers that say nothing else.
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
