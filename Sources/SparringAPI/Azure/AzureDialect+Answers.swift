import SparringJSON
package import SparringWire

extension AzureDialect {
    /// Translates an answer into Azure's dialect.
    ///
    /// - Parameter endpoint: the requested operation; nil for an unknown path.
    package func spoken(_ answer: Answer, to endpoint: Endpoint?, ids: inout IDMint) -> Answer {
        var answer = answer
        if answer.status >= 400 {
            translateError(&answer, endpoint)
        } else if endpoint == .chatCompletions || endpoint == .completions {
            filter(&answer.body)
        } else if endpoint == .responses || endpoint == .response {
            filterResponse(&answer.body)
        }
        translateHeaders(
            &answer.headers, isFiltered: endpoint == .chatCompletions || endpoint == .completions, &ids)
        return answer
    }

    private func translateHeaders(_ headers: inout HeaderFields, isFiltered: Bool, _ ids: inout IDMint) {
        for name in [
            "openai-organization", "openai-processing-ms", "openai-project", "openai-version", "openai-model",
            "x-openai-proxy-wasm",
        ] {
            headers[name] = nil
        }
        for name in ["x-ratelimit-reset-requests", "x-ratelimit-reset-tokens"] {
            guard let text = headers[name], let seconds = GoDuration.seconds(in: text) else { continue }
            headers[name] = String(Int(seconds.rounded(.up)))
        }
        let id = ids.uuid("")
        headers["x-request-id"] = id
        headers.append("apim-request-id", id)
        headers.append("x-ms-client-request-id", clientRequestID ?? id)
        headers.append("x-ms-region", "Sparring")
        if isFiltered { headers.append("x-ms-rai-invoked", "true") }
        if let deployment { headers.append("x-ms-deployment-name", deployment) }
    }

    /// The categories of the filters, all reported as safe.
    private static let categories = ["hate", "self_harm", "sexual", "violence"]
    /// The categories that are reported only for a whole text. Recorded since 2025.
    private static let protected = ["protected_material_code", "protected_material_text"]

    static func results(filtered: String? = nil, isText: Bool = false) -> JSONValue {
        let names = isText ? (categories + protected).sorted() : categories
        return .object(
            JSONObject(
                names.map { name in
                    guard !protected.contains(name) else { return .init(name, ["filtered": false, "detected": false]) }
                    return .init(
                        name,
                        [
                            "filtered": .bool(name == filtered),
                            "severity": .string(name == filtered ? "medium" : "safe"),
                        ])
                }))
    }

    static let promptFilter: JSONValue = Self.results().replacing(
        "jailbreak", with: ["filtered": false, "detected": false])

    private static let promptResults: JSONValue = .array([
        ["prompt_index": 0, "content_filter_results": promptFilter]
    ])

    /// Adds the filter results: to a whole body, or to the start of a stream for the prompt.
    private func filter(_ body: inout Answer.Body) {
        switch body {
        case .none: break
        case .whole(let bytes):
            guard case .object(var object)? = try? JSONValue.parse(bytes) else { return }
            object["choices"] = .array((object["choices"]?.array ?? []).map { Self.filtered($0, isStream: false) })
            if !namesTier(object) { object["service_tier"] = .none }
            object["prompt_filter_results"] = Self.promptResults
            body = .whole(JSONValue.object(object).serialized())
        case .events(var events):
            for index in events.indices {
                guard case .object(var object)? = try? JSONValue.parse(events[index].data) else { continue }
                object["choices"] = .array((object["choices"]?.array ?? []).map { Self.filtered($0, isStream: true) })
                if !namesTier(object) { object["service_tier"] = .none }
                events[index].data = JSONValue.object(object).serialized()
            }
            let first: JSONValue = [
                "choices": [], "created": 0, "id": "", "model": "", "object": "",
                "prompt_filter_results": Self.promptResults,
            ]
            body = .events([Event(data: first.serialized())] + events)
        }
    }

    /// Whether the answer names its service tier. Recorded: deployments of models before gpt-5.2 do not name their service tier.
    private func namesTier(_ answer: JSONObject) -> Bool {
        deployment == nil || ResponsesGeneration(id: answer["model"]?.string ?? "").isServedByTier
    }

    /// Adds the filter results to a choice. If a filter cut the choice, the results have the triggered category; if the choice has no text,
    /// the results are empty.
    private static func filtered(_ choice: JSONValue, isStream: Bool) -> JSONValue {
        let isCut = choice["finish_reason"] == "content_filter"
        let hasText = choice["delta"]?["content"]?.string?.isEmpty == false || choice["text"] != nil
        let isCall =
            !isStream && choice["message"]?["content"]?.isNull == true && choice["message"]?["tool_calls"] != nil
        let isEmpty = (isStream && !isCut && !hasText) || (isCall && !isCut)
        let isText = !isStream && choice["message"] != nil
        // Recorded in 2026: Azure's choices have the key `logprobs` even on reasoning models, whose choices at OpenAI do not have it.
        let choice = choice["logprobs"] == nil ? choice.replacing("logprobs", with: nil) : choice
        return choice.replacing(
            "content_filter_results",
            with: isEmpty ? [:] : results(filtered: isCut ? "violence" : nil, isText: isText))
    }

    // MARK: Errors

    private func translateError(_ answer: inout Answer, _ endpoint: Endpoint?) {
        guard case .whole(let bytes) = answer.body, let error = (try? JSONValue.parse(bytes))?["error"] else { return }
        let code = error["code"]?.string
        // Sparring's own errors are not translated.
        guard code?.hasPrefix("sparring_") != true else { return }
        var members: JSONObject
        switch answer.status {
        case 401: members = ["code": "401", "message": .string(Self.denied)]
        case 404 where code == "model_not_found":
            members = [
                "type": "invalid_request_error", "code": "DeploymentNotFound", "message": .string(Self.noDeployment),
            ]
        case 404, 405:
            guard endpoint == nil || answer.status == 405 else { return }
            answer.status = 404
            members = ["code": "404", "message": "Resource not found"]
        case 429:
            if let wait = answer.headers["retry-after"].flatMap({ Double($0) }),
                !answer.headers.contains("retry-after-ms")
            {
                answer.headers.append("retry-after-ms", String(Int(wait * 1000)))
            }
            members = ["code": "429", "message": .string(exceeded(answer, error, endpoint))]
        case 400 where code == "invalid_prompt": members = Self.promptFiltered
        case 400 where code == "unknown_parameter" && endpoint == .chatCompletions:
            guard let refused = unrecognized(error["param"]?.string) else { return }
            members = refused
        default: return
        }
        answer.headers["content-type"] = "application/json"
        answer.body = .whole(JSONValue.object(["error": .object(members)]).serialized())
    }

    private static let denied =
        "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active "
        + "subscription and use a correct regional API endpoint for your resource."

    private static let noDeployment =
        "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please "
        + "wait a moment and try again."

    /// The error that a deployment's chat completions return for an unknown argument; nil for a member of an argument.
    ///
    /// Source: bodies in public issue trackers from 2023 to 2026, such as OpenHands/OpenHands#6777 and
    /// microsoft/sample-app-aoai-chatGPT#1476.
    private func unrecognized(_ name: String?) -> JSONObject? {
        guard deployment != nil, let name, !name.contains("."), !name.contains("[") else { return nil }
        return [
            "message": .string("Unrecognized request argument supplied: \(name)"), "type": "invalid_request_error",
            "param": .null, "code": .null,
        ]
    }

    /// Many issues quote this message with a wait of 33 seconds. The header fields give the wait in seconds and in milliseconds.
    private func exceeded(_ answer: Answer, _ error: JSONValue, _ endpoint: Endpoint?) -> String {
        let kind = error["type"]?.string == "tokens" ? "token" : "call"
        let wait = answer.headers["retry-after"].map { " Please retry after \($0) seconds." } ?? ""
        return
            "Requests to the \(Self.operation(endpoint)) Operation under Azure OpenAI API version \(version ?? "v1") have exceeded "
            + "\(kind) rate limit of your current OpenAI S0 pricing tier.\(wait) Please go here: https://aka.ms/oai/quotaincrease if "
            + "you would like to further increase the default rate limit."
    }

    private static func operation(_ endpoint: Endpoint?) -> String {
        switch endpoint {
        case .completions: "Completions_Create"
        case .embeddings: "Embeddings_Create"
        case .responses: "Responses_Create"
        default: "ChatCompletions_Create"
        }
    }

    private static let promptFiltered: JSONObject = {
        var found = results(filtered: "violence")
        if case .object(var object) = found {
            object["jailbreak"] = ["filtered": false, "detected": false]
            found = .object(object)
        }
        return [
            "message": .string(
                "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your "
                    + "prompt and retry. To learn more about our content filtering policies please read our documentation: "
                    + "https://go.microsoft.com/fwlink/?linkid=2198766"), "type": .null, "param": "prompt",
            "code": "content_filter", "status": 400,
            "innererror": ["code": "ResponsibleAIPolicyViolation", "content_filter_result": found],
        ]
    }()
}
