extension Scenario {
    /// The rate limits of an organization, a project or a key. Limits are per family of models, as in the API. For
    /// operations that call no model, they are per family of operations.
    package struct Limits: Sendable, Hashable {
        /// The limits of families that have no limits of their own.
        package var rates: Rates
        /// Limits by family: `gpt-4o` includes its dated snapshots and fine-tunes; `images` and `files` are families of
        /// operations.
        package var models: [String: Rates]
        /// For each family in this table, the other family against whose limits its calls count.
        package var sharing: [String: String]

        package init(_ rates: Rates = Rates(), models: [String: Rates] = [:], sharing: [String: String] = [:]) {
            self.rates = rates
            self.models = models
            self.sharing = sharing
        }

        package init(requestsPerMinute: Int? = nil, tokensPerMinute: Int? = nil) {
            self.init(Rates(requestsPerMinute: requestsPerMinute, tokensPerMinute: tokensPerMinute))
        }

        /// The limits of a family: its own limits, with the general limits for values that it does not set.
        package func rates(of family: String) -> Rates {
            guard let own = models[family] else { return rates }
            return Rates(
                requestsPerMinute: own.requestsPerMinute ?? rates.requestsPerMinute,
                requestsPerDay: own.requestsPerDay ?? rates.requestsPerDay,
                tokensPerMinute: own.tokensPerMinute ?? rates.tokensPerMinute,
                imagesPerMinute: own.imagesPerMinute ?? rates.imagesPerMinute,
                batchQueueTokens: own.batchQueueTokens ?? rates.batchQueueTokens)
        }
    }

    /// Rate limits of one kind; nil for no limit.
    package struct Rates: Sendable, Hashable {
        package var requestsPerMinute: Int?
        package var requestsPerDay: Int?
        package var tokensPerMinute: Int?
        /// The number of images that may be requested in a minute. The limit applies to operations that make images.
        package var imagesPerMinute: Int?
        /// The number of tokens that may be enqueued in batches.
        package var batchQueueTokens: Int?

        package init(
            requestsPerMinute: Int? = nil, requestsPerDay: Int? = nil, tokensPerMinute: Int? = nil,
            imagesPerMinute: Int? = nil, batchQueueTokens: Int? = nil
        ) {
            self.requestsPerMinute = requestsPerMinute
            self.requestsPerDay = requestsPerDay
            self.tokensPerMinute = tokensPerMinute
            self.imagesPerMinute = imagesPerMinute
            self.batchQueueTokens = batchQueueTokens
        }
    }
}
