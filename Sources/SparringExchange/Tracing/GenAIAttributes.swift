import SparringJSON
import SparringWire

/// The attributes of a call of a model. The attributes never contain the texts of prompts and answers.
///
/// Source: https://opentelemetry.io/docs/specs/semconv/gen-ai/openai/ (status: development) and
/// https://opentelemetry.io/docs/specs/semconv/registry/attributes/gen-ai/, read in November 2026.
enum GenAIAttributes {
    /// The operations that the conventions name, by endpoint.
    private static let operations = [
        "chat.completions": "chat", "responses": "chat", "completions": "text_completion", "embeddings": "embeddings",
    ]

    /// The values of `openai.api.type`, by endpoint.
    private static let types = ["chat.completions": "chat_completions", "responses": "responses"]

    /// Parameters of requests, by attribute. If an attribute has several parameters, the first one that the body contains is used.
    private static let numbers: [(attribute: String, parameters: [String], isInteger: Bool)] = [
        ("gen_ai.request.max_tokens", ["max_completion_tokens", "max_tokens", "max_output_tokens"], true),
        ("gen_ai.request.choice.count", ["n"], true),
        ("gen_ai.request.seed", ["seed"], true),
        ("gen_ai.request.temperature", ["temperature"], false),
        ("gen_ai.request.top_p", ["top_p"], false),
        ("gen_ai.request.frequency_penalty", ["frequency_penalty"], false),
        ("gen_ai.request.presence_penalty", ["presence_penalty"], false),
        ("gen_ai.embeddings.dimension.count", ["dimensions"], true),
    ]

    /// - Parameter start: the time of the first byte of the request.
    /// - Returns: no attributes for an exchange without a model.
    static func of(_ exchange: Exchange, since start: Moment) -> [Span.Attribute] {
        let decision = exchange.decision
        guard let model = decision.model, let endpoint = decision.endpoint else { return [] }
        var attributes: [Span.Attribute] = [
            ("gen_ai.provider.name", .string("openai")), ("gen_ai.request.model", .string(Redaction.text(model))),
        ]
        if let operation = operations[endpoint] {
            attributes.append(("gen_ai.operation.name", .string(operation)))
        }
        if let type = types[endpoint] { attributes.append(("openai.api.type", .string(type))) }
        if operations[endpoint] != nil, let body = try? JSONValue.parse(exchange.request.body) {
            attributes += parameters(of: body)
        }
        if let usage = decision.usage {
            attributes.append(("gen_ai.usage.input_tokens", .int(usage.input)))
            attributes.append(("gen_ai.usage.output_tokens", .int(usage.output)))
            attributes.append(("gen_ai.usage.cache_read.input_tokens", .int(usage.cached)))
            attributes.append(("gen_ai.usage.reasoning.output_tokens", .int(usage.reasoning)))
        }
        if let first = exchange.firstChunk {
            attributes.append(("gen_ai.response.time_to_first_chunk", .double((first - start) / .seconds(1))))
        }
        return attributes
    }

    private static func parameters(of body: JSONValue) -> [Span.Attribute] {
        var attributes: [Span.Attribute] = []
        for (name, parameters, isInteger) in numbers {
            guard let value = parameters.lazy.compactMap({ body[$0] }).first else { continue }
            if isInteger, let number = value.int { attributes.append((name, .int(number))) }
            // JSON has no infinity: `1e400` would make the whole export unreadable.
            if !isInteger, let number = value.double, number.isFinite { attributes.append((name, .double(number))) }
        }
        if let isStream = body["stream"]?.bool { attributes.append(("gen_ai.request.stream", .bool(isStream))) }
        if let tier = body["service_tier"]?.string {
            attributes.append(("openai.request.service_tier", .string(Redaction.text(tier))))
        }
        let format = body["response_format"]?["type"]?.string ?? body["text"]?["format"]?["type"]?.string
        if let format, ["text", "json_object", "json_schema"].contains(format) {
            attributes.append(("gen_ai.output.type", .string(format == "text" ? "text" : "json")))
        }
        if let encoding = body["encoding_format"]?.string {
            attributes.append(("gen_ai.request.encoding_formats", .strings([Redaction.text(encoding)])))
        }
        return attributes
    }
}

extension Exchange {
    /// The time at which the kernel took the first event of a stream with marks.
    fileprivate var firstChunk: Moment? {
        timeline.entries.lazy.filter { entry in
            switch entry.happening {
            case .accepted(.event?, _), .accepted(.content?, _): true
            default: false
            }
        }.first?.at
    }
}
