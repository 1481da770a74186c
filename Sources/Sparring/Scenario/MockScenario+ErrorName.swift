import SparringScenario

extension MockScenario {
    /// The name of an API error, or of an error page of a proxy in front of the API.
    ///
    /// Source of the errors: https://platform.openai.com/docs/guides/error-codes and bodies quoted in public issue trackers.
    public struct ErrorName: Sendable, Hashable, ExpressibleByStringLiteral {
        /// The name in scenario files.
        public let rawValue: String

        public init(stringLiteral name: String) { rawValue = name }

        // MARK: Limits and quota

        /// 429: too many requests a minute.
        public static let rateLimitExceeded: ErrorName = "rate_limit_exceeded"
        /// 429: too many tokens a minute.
        public static let rateLimitExceededTokens: ErrorName = "rate_limit_exceeded_tokens"
        /// 429: too many images a minute.
        public static let rateLimitExceededImages: ErrorName = "rate_limit_exceeded_images"
        /// 429: too many requests a day.
        public static let rateLimitExceededPerDay: ErrorName = "rate_limit_exceeded_per_day"
        /// 429: the request alone has more tokens than a minute allows. Repeating the request does not help.
        public static let requestTooLarge: ErrorName = "request_too_large"
        /// 429: the account has no credit. Repeating the request does not help.
        public static let insufficientQuota: ErrorName = "insufficient_quota"
        /// 429: the account is not active.
        public static let billingNotActive: ErrorName = "billing_not_active"
        /// 429: the rate of requests rose too fast.
        public static let slowDown: ErrorName = "slow_down"

        // MARK: Keys and permissions

        /// 401: the API key is wrong.
        public static let invalidAPIKey: ErrorName = "invalid_api_key"
        /// 401: the organization does not exist.
        public static let invalidOrganization: ErrorName = "invalid_organization"
        /// 401: the key belongs to another organization.
        public static let mismatchedOrganization: ErrorName = "mismatched_organization"
        /// 401: the key belongs to another project.
        public static let mismatchedProject: ErrorName = "mismatched_project"
        /// 401: the user is not a member of an organization.
        public static let notAMember: ErrorName = "not_a_member"
        /// 401: the key lacks a scope.
        public static let insufficientPermissions: ErrorName = "insufficient_permissions"
        /// 403: the country is not supported.
        public static let unsupportedCountry: ErrorName = "unsupported_country"
        /// 404: the model does not exist.
        public static let modelNotFound: ErrorName = "model_not_found"
        /// 403: the project may not use the model.
        public static let modelNoAccess: ErrorName = "model_no_access"
        /// 404: the model was shut down.
        public static let modelDeprecated: ErrorName = "model_deprecated"

        // MARK: Requests

        /// 400: the prompt is longer than the model's context.
        public static let contextLengthExceeded: ErrorName = "context_length_exceeded"
        /// 400: the prompt violates a policy.
        public static let invalidPrompt: ErrorName = "invalid_prompt"
        /// 400: another request uses the conversation.
        public static let conversationLocked: ErrorName = "conversation_locked"
        /// 400: a Realtime session is an hour old.
        public static let sessionExpired: ErrorName = "session_expired"
        /// 400: a WebSocket of the Responses API is an hour old.
        public static let socketLimitReached: ErrorName = "websocket_connection_limit_reached"

        // MARK: Servers

        /// 500: the server failed.
        public static let serverError: ErrorName = "server_error"
        /// 503: the server is overloaded.
        public static let serverIsOverloaded: ErrorName = "server_is_overloaded"
        /// 502: an HTML page of a proxy.
        public static let badGateway: ErrorName = "bad_gateway"
        /// 504: an HTML page of a proxy.
        public static let gatewayTimeout: ErrorName = "gateway_timeout"
        /// 502: a JSON document of a proxy.
        public static let badGatewayJSON: ErrorName = "bad_gateway_json"
        /// 503: plain text of a proxy.
        public static let upstreamReset: ErrorName = "upstream_reset"

        var mistakes: [String] {
            let names = MockScenario.catalogue.names
            guard !names.contains(rawValue) else { return [] }
            let near = Nearest.name(to: rawValue, among: names).map { "; did you mean '\($0)'?" } ?? ""
            return ["'\(rawValue)' is not an error name\(near)"]
        }
    }
}
