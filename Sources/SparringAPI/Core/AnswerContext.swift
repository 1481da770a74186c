/// What rendering needs besides the request and the content. All of it is data: nothing here reads a clock or draws a number.
package struct AnswerContext: Sendable {
    /// Hands out every id of this answer, the same ones for the same seed and exchange.
    package var ids: IDMint
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
    /// The response in the background whose events the answer streams: they end where it is cancelled.
    package var streamed: String?
    /// Faults of meaning; nil where there are none.
    package var meaning: MeaningOrder?
    /// How a batch that is made goes, where a script says so.
    package var batch: BatchPlan?
    /// Where the body is, as places in the store and their lengths, when it follows from there; nil where the answer has it.
    package var download: [(place: Int64, count: Int)]?
    /// What the answer leaves behind for later requests; nil where it leaves nothing.
    package var kept: ResponsesRecord?
    /// What the model thinks before it speaks, in tokens: unseen, but counted.
    package var reasoningTokens = 0
    /// The chat completion that the answer leaves behind; nil where nobody asked for it to be stored.
    package var storedCompletion: StoredCompletion?

    /// Of callers that say nothing else.
    package static let anyOrganization = "sparring-org"
    package static let anyProject = "proj_sparring"

    package init(
        ids: IDMint, created: Int, processingMilliseconds: Int = 1, organization: String = Self.anyOrganization,
        project: String = Self.anyProject, rateLimits: RateLimitReading? = nil
    ) {
        self.ids = ids
        self.created = created
        self.processingMilliseconds = processingMilliseconds
        self.organization = organization
        self.project = project
        self.rateLimits = rateLimits
    }
}

/// The six `x-ratelimit-*` headers.
package struct RateLimitReading: Sendable, Hashable {
    package struct Bucket: Sendable, Hashable {
        package var limit: Int
        package var remaining: Int
        /// Until the bucket is full again.
        package var reset: Duration

        package init(limit: Int, remaining: Int, reset: Duration) {
            self.limit = limit
            self.remaining = remaining
            self.reset = reset
        }
    }

    package var requests: Bucket
    package var tokens: Bucket

    package init(requests: Bucket, tokens: Bucket) {
        self.requests = requests
        self.tokens = tokens
    }
}
