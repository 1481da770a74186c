extension ErrorCatalogue {
    static let entries: [Entry] = limits + accounts + requests + servers

    // MARK: 429

    private static let limits: [Entry] = [
        Entry("rate_limit_exceeded") {
            rateLimit($0, $1, type: "requests", unit: "requests per min (RPM)", limit: 3, requested: 1)
        },
        Entry("rate_limit_exceeded_tokens") {
            rateLimit(
                $0, $1, type: "tokens", unit: "tokens per min (TPM)", limit: 30_000, requested: max(1, $0.promptTokens))
        },
        Entry("rate_limit_exceeded_per_day") {
            rateLimit(
                $0, $1, type: "requests", unit: "requests per day (RPD)", limit: 200, requested: 1,
                window: .seconds(86_400))
        },
        Entry("rate_limit_exceeded_images") {
            rateLimit($0, $1, type: "input-images", unit: "input-images per min", limit: 5, requested: 1)
        },
        Entry("request_too_large") { parameters, context in
            APIError(
                status: 429, type: "tokens",
                message:
                    "Request too large for \(parameters.model) in \(holder(parameters, context)) on tokens per min "
                    + "(TPM): Limit \(parameters.limit ?? 30_000), Requested \(parameters.requested ?? 31_538). The input or "
                    + "output tokens must be reduced in order to run successfully. Visit "
                    + "https://platform.openai.com/account/rate-limits to learn more.", code: "rate_limit_exceeded")
        },
        Entry(
            "insufficient_quota", status: 429, type: "insufficient_quota", code: "insufficient_quota",
            message:
                "You exceeded your current quota, please check your plan and billing details. For more information on this error, "
                + "read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors."),
        Entry(
            "billing_not_active", status: 429, type: "billing_not_active", code: "billing_not_active",
            message: "Your account is not active, please check your billing details on our website."),
        Entry(
            "slow_down", status: 429, type: "rate_limit_error", code: "slow_down",
            message: "Your request rate has increased too quickly. Please reduce it and raise it gradually."),
    ]

    /// The wait follows from the numbers, as in the API: the excess over the limit as a share of the window.
    private static func rateLimit(
        _ parameters: Parameters, _ context: AnswerInput, type: String, unit: String, limit: Int, requested: Int,
        window: Duration = .seconds(60)
    ) -> APIError {
        let limit = parameters.limit ?? limit
        let requested = parameters.requested ?? requested
        let used = parameters.used ?? limit
        let wait = parameters.wait ?? window * (Double(max(0, used + requested - limit)) / Double(max(1, limit)))
        return APIError(
            status: 429, type: type,
            message: "Rate limit reached for \(parameters.model) in \(holder(parameters, context)) on \(unit): "
                + "Limit \(limit), Used \(used), Requested \(requested). Please try again in \(GoDuration.text(wait)). Visit "
                + "https://platform.openai.com/account/rate-limits to learn more.", code: "rate_limit_exceeded")
    }

    private static func holder(_ parameters: Parameters, _ context: AnswerInput) -> String {
        (parameters.namesProject ? "project \(context.project) " : "") + "organization \(context.organization)"
    }

    // MARK: Keys and permissions

    private static let accounts: [Entry] = [
        Entry("invalid_api_key") { _, _ in .incorrectKey("sk-sparring-made-up-key-ring") },
        Entry("invalid_organization") { _, _ in .organization("org-nobody", isKnown: false) },
        Entry("mismatched_organization") { _, _ in .organization("", isKnown: true) },
        Entry("mismatched_project") { _, _ in .mismatchedProject },
        Entry(
            "not_a_member", status: 401, type: "invalid_request_error", code: nil,
            message:
                "You must be a member of an organization to use the API. Please contact us through our help center at "
                + "help.openai.com."),
        Entry("insufficient_permissions") { parameters, _ in .missingScope(parameters.endpoint.scope) },
        Entry(
            "unsupported_country", status: 403, type: "request_forbidden", code: "unsupported_country_region_territory",
            message: "Country, region, or territory not supported"),
        Entry("model_not_found") { parameters, _ in .modelNotFound(parameters.model) },
        Entry("model_no_access") { .noAccess(to: $0.model, project: $1.project) },
        Entry("model_deprecated") { parameters, _ in .shutDown(parameters.model) },
    ]

    // MARK: The request's own fault

    private static let requests: [Entry] = [
        Entry("context_length_exceeded") { parameters, _ in
            let window = parameters.contextWindow ?? 128_000
            // The script rejects the request as too long, whatever its length is. The message must still be consistent, so its token count
            // is above the window.
            let tokens = max(parameters.promptTokens, window + 1)
            let model = ModelInfo(id: parameters.model, contextWindow: window, maximumOutput: 0)
            return switch parameters.endpoint {
            case .responses: ContextLength.responses
            case .embeddings, .completions: ContextLength.prompt(window, tokens: tokens)
            default: ContextLength.chat(model, messages: tokens)
            }
        },
        Entry(
            "invalid_prompt", status: 400, type: "invalid_request_error", code: "invalid_prompt",
            message:
                "Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again with a different "
                + "prompt: https://platform.openai.com/docs/guides/reasoning#advice-on-prompting"),
        Entry(
            "conversation_locked", status: 400, type: "invalid_request_error", code: "conversation_locked",
            message: "Another process is currently operating on this conversation. Please retry in a few seconds.",
            param: "conversation"),
        Entry(
            "session_expired", status: 400, type: "invalid_request_error", code: "session_expired",
            message: "Your session hit the maximum duration of 60 minutes."),
        Entry(
            "websocket_connection_limit_reached", status: 400, type: "invalid_request_error",
            code: "websocket_connection_limit_reached",
            message:
                "Responses websocket connection limit reached (60 minutes). Create a new websocket connection to continue."
        ),
    ]

    // MARK: 5xx

    private static let servers: [Entry] = [
        Entry(
            "server_error", status: 500, type: "server_error", code: nil,
            message: "The server had an error while processing your request. Sorry about that!"),
        Entry(
            "server_is_overloaded", status: 503, type: "service_unavailable_error", code: "server_is_overloaded",
            message: "Our servers are currently overloaded. Please try again later."),
    ]
}
