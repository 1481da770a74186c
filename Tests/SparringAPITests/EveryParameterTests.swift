import SparringJSON
import Testing

@testable import SparringAPI

/// Each parameter of an endpoint with accepted and rejected members of a body. The rows show that every parameter has accepted and rejected
/// values; other suites test the details (`ChatParametersTests` and similar; the Responses API has a separate table).
@Suite("Every parameter of an endpoint")
struct EveryParameterTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var endpoint: Endpoint
        var name: String
        var taken: String
        var refused: String
        /// A minimal request, without the row's parameter.
        var model = ""

        var testDescription: String { "\(endpoint) \(name)" }

        func check(_ members: String) throws -> JSONValue {
            let given = try #require(try JSONValue.parse("{\(members)}").object)
            var body = given
            for (name, value) in least where body[name] == nil { body[name] = value }
            try EveryParameterTests.check(endpoint, .object(body))
            return .object(body)
        }

        private var least: [(String, JSONValue)] {
            switch endpoint {
            case .chatCompletions:
                [
                    ("model", .string(model.isEmpty ? "gpt-4o-mini" : model)),
                    ("messages", [["role": "user", "content": "say json"]]),
                ]
            case .completions: [("model", "gpt-3.5-turbo-instruct")]
            case .embeddings: [("model", "text-embedding-3-small"), ("input", "hi")]
            default: [("input", "hi")]
            }
        }
    }

    private static func check(_ endpoint: Endpoint, _ body: JSONValue) throws {
        switch endpoint {
        case .chatCompletions: _ = try ChatRequest.check(body, models: .builtIn)
        case .completions: _ = try CompletionsRequest.check(body, models: .builtIn)
        case .embeddings: _ = try EmbeddingsRequest.check(body, models: .builtIn)
        default: _ = try ModerationsRequest.check(body, models: .builtIn)
        }
    }

    private static let tool = #"{"type":"function","function":{"name":"f"}}"#

    private static let chat: [(String, String, String, model: String)] = [
        ("model", #""model":"gpt-4o""#, #""model":"nope""#, ""),
        ("messages", #""messages":[{"role":"user","content":"hi"}]"#, #""messages":[]"#, ""),
        ("functions", #""functions":[{"name":"f"}]"#, #""functions":[{}]"#, ""),
        ("function_call", #""functions":[{"name":"f"}],"function_call":"auto""#, #""function_call":7"#, ""),
        ("tools", #""tools":[\#(tool)]"#, #""tools":[{"type":"x"}]"#, ""),
        ("tool_choice", #""tools":[\#(tool)],"tool_choice":"required""#, #""tool_choice":"auto""#, ""),
        ("parallel_tool_calls", #""tools":[\#(tool)],"parallel_tool_calls":true"#, #""parallel_tool_calls":"yes""#, ""),
        ("max_completion_tokens", #""max_completion_tokens":1"#, #""max_completion_tokens":0"#, ""),
        ("n", #""n":2"#, #""n":0"#, ""),
        ("temperature", #""temperature":2"#, #""temperature":2.1"#, ""),
        ("top_p", #""top_p":0.5"#, #""top_p":-1"#, ""),
        ("presence_penalty", #""presence_penalty":-2"#, #""presence_penalty":3"#, ""),
        ("frequency_penalty", #""frequency_penalty":2"#, #""frequency_penalty":-3"#, ""),
        ("logprobs", #""logprobs":true"#, #""logprobs":"yes""#, ""),
        ("top_logprobs", #""logprobs":true,"top_logprobs":1"#, #""top_logprobs":1"#, ""),
        ("user", #""user":"u""#, #""user":7"#, ""),
        ("seed", #""seed":7"#, #""seed":"7""#, ""),
        ("moderation", #""moderation":{"model":"omni-moderation-latest"}"#, #""moderation":{}"#, ""),
        ("safety_identifier", #""safety_identifier":"s""#, #""safety_identifier":7"#, ""),
        ("prompt_cache_options", #""prompt_cache_options":{"ttl":"30m"}"#, #""prompt_cache_options":{"ttl":"1s"}"#, ""),
        ("prompt_cache_key", #""prompt_cache_key":"k""#, #""prompt_cache_key":7"#, ""),
        ("prompt_cache_retention", #""prompt_cache_retention":"24h""#, #""prompt_cache_retention":"1h""#, ""),
        ("response_format", #""response_format":{"type":"json_object"}"#, #""response_format":{}"#, ""),
        ("service_tier", #""service_tier":"auto""#, #""service_tier":"gold""#, ""),
        ("max_tokens", #""max_tokens":1"#, #""max_tokens":0"#, ""),
        ("reasoning_effort", #""reasoning_effort":"minimal""#, #""reasoning_effort":"most""#, "gpt-5"),
        ("logit_bias", #""logit_bias":{"7":1}"#, #""logit_bias":{"x":1}"#, ""),
        ("stop", #""stop":["a","b"]"#, #""stop":7"#, ""),
        ("stream", #""stream":true"#, #""stream":"yes""#, ""),
        ("stream_options", #""stream":true,"stream_options":{"include_usage":true}"#, #""stream_options":{}"#, ""),
        ("store", #""store":true"#, #""store":"yes""#, ""),
        ("metadata", #""metadata":{"k":"v"},"store":true"#, #""metadata":{"k":7}"#, ""),
        ("prediction", #""prediction":{"type":"content","content":"x"}"#, #""prediction":{}"#, ""),
        ("verbosity", #""verbosity":"low""#, #""verbosity":"loud""#, "gpt-5"),
        ("modalities", #""modalities":["text"]"#, #""modalities":["smell"]"#, ""),
        (
            "audio", #""modalities":["text","audio"],"audio":{"voice":"alloy","format":"wav"}"#,
            #""audio":{"voice":"nobody"}"#, "gpt-audio"
        ),
        (
            "web_search_options", #""web_search_options":{"search_context_size":"low"}"#,
            #""web_search_options":{"search_context_size":"huge"}"#, "gpt-4o-search-preview"
        ),
    ]

    private static let completions: [(String, String, String)] = [
        ("model", #""model":"babbage-002""#, #""model":"nope""#),
        ("prompt", #""prompt":["a","b"]"#, #""prompt":{}"#),
        ("suffix", #""suffix":"end""#, #""suffix":7"#),
        ("max_tokens", #""max_tokens":0"#, #""max_tokens":-1"#),
        ("n", #""n":2"#, #""n":0"#),
        ("best_of", #""best_of":20"#, #""best_of":21"#),
        ("temperature", #""temperature":2"#, #""temperature":3"#),
        ("top_p", #""top_p":1"#, #""top_p":2"#),
        ("presence_penalty", #""presence_penalty":2"#, #""presence_penalty":3"#),
        ("frequency_penalty", #""frequency_penalty":-2"#, #""frequency_penalty":-3"#),
        ("logprobs", #""logprobs":5"#, #""logprobs":6"#),
        ("echo", #""echo":true"#, #""echo":1"#),
        ("logit_bias", #""logit_bias":{"7":-100}"#, #""logit_bias":{"7":-101}"#),
        ("stop", #""stop":"x""#, #""stop":["a","b","c","d","e"]"#),
        ("stream", #""stream":true"#, #""stream":1"#),
        ("stream_options", #""stream":true,"stream_options":{"include_usage":true}"#, #""stream_options":{}"#),
        ("seed", #""seed":1"#, #""seed":1.5"#),
        ("user", #""user":"u""#, #""user":{}"#),
    ]

    private static let others: [(Endpoint, String, String, String)] = [
        (.embeddings, "model", #""model":"text-embedding-3-large""#, #""model":"nope""#),
        (.embeddings, "input", #""input":["a"]"#, #""input":"""#),
        (.embeddings, "encoding_format", #""encoding_format":"base64""#, #""encoding_format":"hex""#),
        (.embeddings, "dimensions", #""dimensions":256"#, #""dimensions":0"#),
        (.embeddings, "user", #""user":"u""#, #""user":7"#),
        (.moderations, "model", #""model":"omni-moderation-latest""#, #""model":"gpt-4o""#),
        (.moderations, "input", #""input":["a","b"]"#, #""input":7"#),
    ]

    static let rows =
        chat.map { Row(endpoint: .chatCompletions, name: $0.0, taken: $0.1, refused: $0.2, model: $0.3) }
        + completions.map { Row(endpoint: .completions, name: $0.0, taken: $0.1, refused: $0.2) }
        + others.map { Row(endpoint: $0.0, name: $0.1, taken: $0.2, refused: $0.3) }

    @Test("Every parameter is accepted with a valid value and rejected with an invalid one", arguments: rows)
    func both(row: Row) throws {
        let body = try row.check(row.taken)
        #expect(body[row.name] != nil)
        let error = #expect(throws: APIError.self, "\(row.refused)") { try row.check(row.refused) }
        #expect(error?.status ?? 0 >= 400)
    }

    /// Embeddings have no table: their other members are ignored.
    @Test(
        "EveryParameterTests has a row for every parameter of an endpoint",
        arguments: [
            (Endpoint.chatCompletions, ChatParameters.table), (.completions, CompletionsParameters.table),
            (.moderations, ModerationsRequest.table),
        ])
    func complete(endpoint: Endpoint, table: ParameterTable) {
        #expect(Self.rows.filter { $0.endpoint == endpoint }.map(\.name).sorted() == table.names.sorted())
    }
}
