extension Scenario {
    /// Rate limits of one holder (an organization, a project, a key), as the API counts them: per family of models.
    package struct Limits: Sendable, Hashable {
        /// What a family has that has no rates of its own.
        package var rates: Rates
        /// By family: `gpt-4o` stands for its dated snapshots and fine-tunes as well.
        package var models: [String: Rates]
        /// By family: the family in whose buckets its calls count.
        package var sharing: [String: String]

        package init(_ rates: Rates = Rates(), models: [String: Rates] = [:], sharing: [String: String] = [:]) {
            self.rates = rates
            self.models = models
            self.sharing = sharing
        }

        package init(requestsPerMinute: Int? = nil, tokensPerMinute: Int? = nil) {
            self.init(Rates(requestsPerMinute: requestsPerMinute, tokensPerMinute: tokensPerMinute))
        }

        /// What a family has: its own rates, and those of all models where it says nothing.
        package func rates(of family: String) -> Rates {
            guard let own = models[family] else { return rates }
            return Rates(
                requestsPerMinute: own.requestsPerMinute ?? rates.requestsPerMinute,
                requestsPerDay: own.requestsPerDay ?? rates.requestsPerDay,
                tokensPerMinute: own.tokensPerMinute ?? rates.tokensPerMinute,
                batchQueueTokens: own.batchQueueTokens ?? rates.batchQueueTokens)
        }
    }

    /// Nil: no limit.
    package struct Rates: Sendable, Hashable {
        package var requestsPerMinute: Int?
        package var requestsPerDay: Int?
        package var tokensPerMinute: Int?
        /// Tokens that may wait in batches.
        package var batchQueueTokens: Int?

        package init(
            requestsPerMinute: Int? = nil, requestsPerDay: Int? = nil, tokensPerMinute: Int? = nil,
            batchQueueTokens: Int? = nil
        ) {
            self.requestsPerMinute = requestsPerMinute
            self.requestsPerDay = requestsPerDay
            self.tokensPerMinute = tokensPerMinute
            self.batchQueueTokens = batchQueueTokens
        }
    }
}
