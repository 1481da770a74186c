import SparringJSON
import SparringWire
import Testing

@testable import SparringAPI

@Suite("Legacy completions")
struct CompletionsTests {
    private static let instruct = "gpt-3.5-turbo-instruct"

    private static func body(_ members: String, model: String = instruct) -> String {
        #"{"model":"\#(model)""# + (members.isEmpty ? "}" : ",\(members)}")
    }

    private static func check(_ body: String) throws -> CompletionsRequest {
        try CompletionsRequest.check(try JSONValue.parse(body), models: .builtIn)
    }

    private static func answer(_ body: String, _ content: Content? = .text("one two three")) throws -> Answer {
        let context = AnswerInput(created: 1)
        var ids = IDMint(seed: 1)
        return try check(body).answer(saying: content, context: context, ids: &ids)
    }

    private static func document(_ body: String, _ content: Content? = .text("one two three")) throws -> JSONValue {
        guard case .whole(let bytes) = try answer(body, content).body else { return .null }
        return try JSONValue.parse(bytes)
    }

    private static func chunks(_ body: String, _ content: Content? = .text("one two three")) throws -> [JSONValue] {
        guard case .events(let events) = try answer(body, content).body else { return [] }
        #expect(events.last == .done)
        return try events.dropLast().map { try JSONValue.parse($0.data) }
    }

    // MARK: Parameters

    @Test(
        "A legacy completion accepts every parameter with each kind of valid value",
        arguments: [
            "", #""prompt":null"#, #""prompt":"hi""#, #""prompt":"""#, #""prompt":["a","b"]"#, #""prompt":[1,2]"#,
            #""prompt":[[1],[2,3]]"#, #""suffix":"end""#, #""max_tokens":0"#, #""n":128"#, #""best_of":20"#,
            #""best_of":3,"n":3,"stream":true"#, #""temperature":2"#, #""top_p":0.5"#, #""presence_penalty":-2"#,
            #""frequency_penalty":2"#, #""logprobs":0"#, #""logprobs":5"#, #""echo":true"#,
            #""logit_bias":{"50256":-100}"#, #""stop":"x""#, #""stop":["a","b","c","d"]"#, #""stream":true"#,
            #""stream":true,"stream_options":{"include_usage":true}"#, #""seed":-1"#, #""user":"me""#,
        ])
    func accepts(members: String) throws {
        _ = try Self.check(Self.body(members))
    }

    @Test(
        "A legacy completion is rejected for what the API rejects",
        arguments: [
            (#"{"prompt":"x"}"#, "you must provide a model parameter", nil, nil),
            (#"{"model":7}"#, "We could not parse the JSON body", nil, nil),
            (
                body("", model: "gpt-4o"),
                "This is a chat model and not supported in the v1/completions endpoint. Did you mean to use "
                    + "v1/chat/completions?", nil, "model"
            ),
            (body("", model: "text-embedding-3-small"), "You are not allowed to sample from this model", nil, nil),
            (
                body("", model: "babbage-002-wrong"), "The model `babbage-002-wrong` does not exist", "model_not_found",
                nil
            ),
            (body(#""promt":"x""#), "Unknown parameter: 'promt'. Did you mean 'prompt'?", "unknown_parameter", "promt"),
            (body(#""prompt":1"#), "Invalid type for 'prompt': expected one of a string", "invalid_type", "prompt"),
            (body(#""prompt":[]"#), "Invalid 'prompt': empty array.", "empty_array", "prompt"),
            (body(#""prompt":["a",1]"#), "'prompt[1]': expected a string", "invalid_type", "prompt[1]"),
            (body(#""prompt":[1,"a"]"#), "'prompt[1]': expected an integer", "invalid_type", "prompt[1]"),
            (body(#""prompt":[-1]"#), "Expected a value >= 0", "integer_below_min_value", "prompt[0]"),
            (body(#""prompt":[[1],"a"]"#), "'prompt[1]': expected an array", "invalid_type", "prompt[1]"),
            (body(#""prompt":[[]]"#), "Invalid 'prompt[0]': empty array.", "empty_array", "prompt[0]"),
            (body(#""suffix":1"#), "expected a string, but got an integer", "invalid_type", "suffix"),
            (
                body(#""suffix":"x""#, model: "babbage-002"), "'suffix' is not supported", "unsupported_parameter",
                "suffix"
            ),
            (body(#""max_tokens":"a""#), "expected an integer, but got a string", "invalid_type", "max_tokens"),
            (body(#""n":0"#), "Expected a value >= 1", "integer_below_min_value", "n"),
            (body(#""n":129"#), "Expected a value <= 128", "integer_above_max_value", "n"),
            (body(#""best_of":21"#), "Expected a value <= 20", "integer_above_max_value", "best_of"),
            (
                body(#""best_of":1,"n":2"#),
                "(HINT: you must set 'n' (currently 2) to be at most 'best_of' (currently 1)", nil, nil
            ),
            (body(#""best_of":2,"stream":true"#), "Results cannot be streamed", nil, "best_of"),
            (body(#""temperature":2.5"#), "Expected a value <= 2", "decimal_above_max_value", "temperature"),
            (body(#""top_p":-1"#), "Expected a value >= 0", "decimal_below_min_value", "top_p"),
            (body(#""presence_penalty":3"#), "Expected a value <= 2", "decimal_above_max_value", "presence_penalty"),
            (
                body(#""frequency_penalty":-3"#), "Expected a value >= -2", "decimal_below_min_value",
                "frequency_penalty"
            ),
            (body(#""logprobs":6"#), "Expected a value <= 5", "integer_above_max_value", "logprobs"),
            (body(#""logprobs":true"#), "expected an integer, but got a boolean", "invalid_type", "logprobs"),
            (body(#""echo":"yes""#), "expected a boolean", "invalid_type", "echo"),
            (
                body(#""echo":true,"prompt":[1]"#), "Sparring: an echo of a prompt of tokens",
                "sparring_unsupported", "echo"
            ),
            (body(#""logit_bias":{"foo":0}"#), "Invalid key in 'logit_bias': foo", nil, "logit_bias"),
            (body(#""stop":["a","b","c","d","e"]"#), "maximum length 4", "array_above_max_length", "stop"),
            (body(#""stream":1"#), "expected a boolean", "invalid_type", "stream"),
            (body(#""stream_options":{}"#), "only allowed when 'stream' is enabled", nil, "stream_options"),
            (body(#""seed":0.5"#), "expected an integer, but got a decimal number", "invalid_type", "seed"),
            (body(#""user":[]"#), "expected a string, but got an array", "invalid_type", "user"),
            // Recorded: `max_tokens` is checked before `temperature`.
            (
                body(#""max_tokens":-1,"prompt":"","temperature":3"#, model: "babbage-002"),
                "Invalid 'max_tokens': integer below minimum value. Expected a value >= 0, but got -1 instead.",
                "integer_below_min_value", "max_tokens"
            ),
            (
                body(#""prompt":[1,2,3],"max_tokens":4095"#),
                "This model's maximum context length is 4097 tokens, however you requested 4098 tokens (3 in your "
                    + "prompt; 4095 for the completion). Please reduce your prompt; or completion length.", nil, nil
            ),
        ] as [(String, String, String?, String?)])
    func refusals(body: String, message: String, code: String?, param: String?) throws {
        let error = try #require(throws: APIError.self) { try Self.check(body) }
        #expect(error.message.contains(message), "\(error.message)")
        #expect(error.code == code)
        #expect(error.param == param)
    }

    @Test("A legacy completion with more than 2,048 prompts is rejected")
    func manyPrompts() throws {
        let prompts = "[\(repeatElement("\"a\"", count: 2049).joined(separator: ","))]"
        let error = try #require(throws: APIError.self) { try Self.check(Self.body("\"prompt\":\(prompts)")) }
        #expect(error.code == "array_above_max_length")
    }

    @Test(
        "A legacy completion is charged the tokens in recorded headers",
        arguments: [
            (
                #""prompt":"def fib(n):\n    if n <= 1:\n        return n\n    else:\n        return fib(n-1) + fib(n-2)""#,
                23
            ),
            (#""prompt":"","max_tokens":9"#, 1), (#""prompt":[1,2,3,4,5]"#, 6), (#""n":2,"prompt":[[1,2],[3]]"#, 7),
        ])
    func charge(members: String, tokens: Int) throws {
        #expect(try Self.check(Self.body(members)).estimatedTokens == tokens)
    }

    // MARK: Answers

    @Test("A legacy completion has the recorded layout")
    func layout() throws {
        let document = try Self.document(Self.body(#""prompt":"hi""#, model: "babbage-002"))
        #expect(document.object?.names == ["id", "object", "created", "model", "choices", "usage"])
        #expect(document["id"]?.string?.utf8.count == 34)
        #expect(document["object"] == "text_completion")
        #expect(document["model"] == "babbage:2023-07-21-v2")
        #expect(
            document["choices"] == [["text": "one two three", "index": 0, "logprobs": nil, "finish_reason": "stop"]])
        #expect(document["usage"] == ["prompt_tokens": 1, "completion_tokens": 3, "total_tokens": 4])
        let headers = try Self.answer(Self.body("")).headers
        #expect(headers["openai-model"] == "gpt-3.5-turbo-instruct:20230824-v2")
    }

    @Test("Choices of one prompt are adjacent, and usage counts each prompt once")
    func order() throws {
        let document = try Self.document(Self.body(#""prompt":["first","second"],"n":2,"max_tokens":60"#), nil)
        let texts = (document["choices"]?.array ?? []).compactMap { $0["text"]?.string }
        #expect(texts.map { $0.contains("first") } == [true, true, false, false])
        #expect(document["choices"]?.array?.compactMap { $0["index"]?.int } == [0, 1, 2, 3])
        #expect(document["usage"]?["prompt_tokens"] == 2)
    }

    @Test("Usage of a legacy completion counts the tokens of best_of choices that are not returned")
    func bestOf() throws {
        let usage = try Self.document(Self.body(#""prompt":"hi","n":2,"best_of":5"#))["usage"]
        #expect(usage?["completion_tokens"] == 15)
        #expect(try Self.document(Self.body(#""n":2,"best_of":5"#))["choices"]?.array?.count == 2)
    }

    @Test(
        "A legacy completion that a limit or stop sequence ends has the right finish_reason",
        arguments: [
            (#""max_tokens":2"#, "one two", "length"), (#""max_tokens":3"#, "one two three", "stop"),
            (#""max_tokens":0"#, "", "length"), (#""stop":" three""#, "one two", "stop"),
            (#""stop":["x","two"],"max_tokens":2"#, "one ", "stop"),
            (#""echo":true,"prompt":"zero ""#, "zero one two three", "stop"),
            (#""echo":true,"max_tokens":0,"prompt":"zero""#, "zero", "length"),
        ])
    func endings(members: String, text: String, finish: String) throws {
        let choice = try Self.document(Self.body(members))["choices"]?[0]
        #expect(choice?["text"]?.string == text)
        #expect(choice?["finish_reason"]?.string == finish)
    }

    @Test("A legacy completion is at most 16 tokens long by default")
    func standardLimit() throws {
        let long = (0..<40).map { "w\($0)" }.joined(separator: " ")
        let document = try Self.document(Self.body(""), .text(long))
        #expect(document["usage"]?["completion_tokens"] == 16)
        #expect(document["choices"]?[0]?["finish_reason"] == "length")
    }

    @Test("Log probabilities are four lists, and the first token of an echo has none")
    func logprobs() throws {
        let plain = try Self.document(Self.body(#""prompt":"zero","logprobs":2"#))["choices"]?[0]?["logprobs"]
        #expect(plain?.object?.names == ["tokens", "token_logprobs", "top_logprobs", "text_offset"])
        #expect(plain?["tokens"] == ["one", " two", " three"])
        #expect(plain?["text_offset"] == [4, 7, 11])
        #expect(plain?["top_logprobs"]?[0]?.object?.count == 2)
        #expect(plain?["token_logprobs"]?[0]?.double == plain?["top_logprobs"]?[0]?["one"]?.double)
        let echo = try Self.document(Self.body(#""prompt":"zero","logprobs":0,"echo":true"#))["choices"]?[0]?[
            "logprobs"]
        #expect(echo?["tokens"] == ["zero", "one", " two", " three"])
        #expect(echo?["text_offset"] == [0, 4, 7, 11])
        #expect(echo?["token_logprobs"]?[0]?.isNull == true)
        #expect(echo?["top_logprobs"]?[0]?.isNull == true)
        #expect(echo?["top_logprobs"]?[1]?.object?.count == 1)
    }

    @Test("A suffix moves the text offsets of a legacy completion as recorded")
    func suffix() throws {
        let members =
            #""prompt":"def fib(n):\n    if n <= 1:\n        return n\n    else:","suffix":"\nprint(fib(10))","logprobs":3"#
        let document = try Self.document(Self.body(members))
        #expect(document["choices"]?[0]?["logprobs"]?["text_offset"]?[0] == 123)
    }

    // MARK: Streams

    @Test("A streamed legacy completion has one chunk for each token, and finish_reason in a last empty chunk")
    func stream() throws {
        let chunks = try Self.chunks(Self.body(#""prompt":"hi","stream":true"#))
        #expect(chunks.map { $0["choices"]?[0]?["text"]?.string } == ["one", " two", " three", ""])
        #expect(chunks.map { $0["choices"]?[0]?["finish_reason"]?.string } == [nil, nil, nil, "stop"])
        #expect(chunks.allSatisfy { $0.object?.names == ["id", "object", "created", "choices", "model"] })
        let choice = chunks.first?["choices"]?[0]?.object?.names
        #expect(choice == ["text", "index", "logprobs", "finish_reason"])
        #expect(try Self.answer(Self.body(#""stream":true"#)).headers["content-type"] == "text/event-stream")
    }

    @Test("A streamed completion that is cut has finish_reason in its last token's chunk, then usage")
    func cutStream() throws {
        let members = #""prompt":"hi","stream":true,"max_tokens":2,"stream_options":{"include_usage":true}"#
        let chunks = try Self.chunks(Self.body(members))
        #expect(chunks.count == 3)
        #expect(chunks[1]["choices"]?[0]?["text"] == " two")
        #expect(chunks[1]["choices"]?[0]?["finish_reason"] == "length")
        #expect(chunks.prefix(2).allSatisfy { $0["usage"]?.isNull == true })
        #expect(chunks[2].object?.names == ["id", "object", "created", "model", "usage", "choices"])
        #expect(chunks[2]["usage"] == ["prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3])
        #expect(chunks[2]["choices"] == [])
    }

    @Test("The chunks of several completions add up to the whole texts, with echo and log probabilities")
    func gathered() throws {
        let members = #""prompt":["a b","c"],"n":2,"echo":true,"logprobs":1"#
        let whole = try Self.document(Self.body(members), nil)
        let chunks = try Self.chunks(Self.body(members + #","stream":true"#), nil)
        for choice in try #require(whole["choices"]?.array) {
            let parts = chunks.compactMap { $0["choices"]?[0] }.filter { $0["index"] == choice["index"] }
            #expect(parts.compactMap { $0["text"]?.string }.joined() == choice["text"]?.string)
            for list in ["tokens", "token_logprobs", "top_logprobs", "text_offset"] {
                let gathered = parts.flatMap { $0["logprobs"]?[list]?.array ?? [] }
                #expect(gathered == choice["logprobs"]?[list]?.array, "\(list)")
            }
        }
    }

    @Test("The fault drop_finish_reason removes a finish_reason that is in the last token's chunk")
    func dropped() throws {
        var answer = try Self.answer(Self.body(#""stream":true,"max_tokens":2"#))
        let fault = Fault(at: .start, .action(.dropFinishReason))
        var outcomes = FaultOutcomes()
        PayloadFaults.apply([fault].ordered(), to: &answer, endpoint: .completions, &outcomes)
        #expect(outcomes.missed.isEmpty)
        guard case .events(let events) = answer.body else { return }
        #expect(!events.contains { String(decoding: $0.data, as: UTF8.self).contains("length") })
    }

    @Test("A legacy completion for a prompt of token numbers gets a general text")
    func withoutText() throws {
        let document = try Self.document(Self.body(#""prompt":[1,2]"#), nil)
        #expect(document["choices"]?[0]?["text"]?.string?.hasPrefix("Hello!") == true)
    }

    @Test("A missing prompt of a legacy completion counts as <|endoftext|>")
    func noPrompt() throws {
        #expect(try Self.check(Self.body("")).promptTokens == 1)
        let document = try Self.document(Self.body(#""echo":true"#), .text("hi"))
        #expect(document["choices"]?[0]?["text"] == "<|endoftext|>hi")
    }
}
