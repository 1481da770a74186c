import SparringJSON
import SparringWire
import Testing

@testable import SparringAPI

@Suite("Moderations")
struct ModerationsTests {
    private static let oldModels = ModelTable([
        ModelInfo(
            id: "text-moderation-stable", snapshot: "text-moderation-007", kind: .moderation(readsImages: false),
            contextWindow: 32_768, maximumOutput: 0)
    ])

    private static func check(_ body: String, models: ModelTable = .builtIn) throws -> ModerationsRequest {
        try ModerationsRequest.check(try JSONValue.parse(body), models: models)
    }

    private static func answer(
        _ body: String, _ verdicts: [ModerationVerdict] = [], models: ModelTable = .builtIn
    ) throws -> JSONValue {
        let context = AnswerInput(created: 1)
        var ids = IDMint(seed: 1)
        let answer = try check(body, models: models).answer(saying: verdicts, context: context, ids: &ids)
        guard case .whole(let bytes) = answer.body else { return .null }
        return try JSONValue.parse(bytes)
    }

    @Test(
        "A moderation accepts a text, several texts, or parts",
        arguments: [
            (#"{"input":"a"}"#, 1), (#"{"input":""}"#, 1), (#"{"input":["a","b","c"]}"#, 3),
            (#"{"input":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"http://x/a.png"}}]}"#, 1),
            (#"{"input":"a","model":"omni-moderation-2024-09-26"}"#, 1), (#"{"input":"a","model":null}"#, 1),
        ])
    func accepts(body: String, results: Int) throws {
        #expect(try Self.answer(body)["results"]?.array?.count == results)
    }

    @Test(
        "A moderation rejects invalid input and models of other kinds",
        arguments: [
            ("{}", "Missing required parameter: 'input'.", "missing_required_parameter", "input"),
            (#"{"input":[]}"#, "Invalid 'input': empty array.", "empty_array", "input"),
            (
                #"{"input":1}"#, "expected one of a string, array of strings, or array of objects", "invalid_type",
                "input"
            ),
            (#"{"input":["a",1]}"#, "'input[1]': expected a string", "invalid_type", "input[1]"),
            (#"{"input":[{}]}"#, "'input[0].type'", "missing_required_parameter", "input[0].type"),
            (
                #"{"input":[{"type":"video"}]}"#, "Supported values are: 'text' and 'image_url'.", "invalid_value",
                "input[0].type"
            ),
            (#"{"input":[{"type":"text"}]}"#, "'input[0].text'", "missing_required_parameter", "input[0].text"),
            (#"{"input":[{"type":"text","text":1}]}"#, "expected a string", "invalid_type", "input[0].text"),
            (
                #"{"input":[{"type":"image_url"}]}"#, "'input[0].image_url'", "missing_required_parameter",
                "input[0].image_url"
            ),
            (
                #"{"input":[{"type":"image_url","image_url":{}}]}"#, "'input[0].image_url.url'",
                "missing_required_parameter", "input[0].image_url.url"
            ),
            (
                #"{"input":[{"type":"text","text":"a"},"b"]}"#, "'input[1]': expected an object", "invalid_type",
                "input[1]"
            ),
            (#"{"input":"a","user":"me"}"#, "Unknown parameter: 'user'.", "unknown_parameter", "user"),
            (#"{"input":"a","model":7}"#, "'model': expected a string", "invalid_type", "model"),
            (
                #"{"input":"a","model":"gpt-4o"}"#,
                "Invalid value for 'model' = gpt-4o. Please check the OpenAI documentation and try again.", nil, "model"
            ),
            (#"{"input":"a","model":"nope"}"#, "Invalid value for 'model' = nope.", nil, "model"),
        ] as [(String, String, String?, String?)])
    func refusals(body: String, message: String, code: String?, param: String?) throws {
        let error = try #require(throws: APIError.self) { try Self.check(body) }
        #expect(error.message.contains(message), "\(error.message)")
        #expect(error.code == code)
        #expect(error.param == param)
        #expect(error.status == 400)
    }

    @Test("An omni moderation result has 13 categories, each with a score and its input types")
    func omni() throws {
        let document = try Self.answer(
            #"{"input":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"http://x/a.png"}}]}"#)
        #expect(document.object?.names == ["id", "model", "results"])
        #expect(document["id"]?.string?.utf8.count == 37)
        let result = document["results"]?[0]
        #expect(result?.object?.names == ["flagged", "categories", "category_scores", "category_applied_input_types"])
        for name in ["categories", "category_scores", "category_applied_input_types"] {
            #expect(result?[name]?.object?.names == ModerationCategory.allCases.map(\.rawValue))
        }
        #expect(result?["category_applied_input_types"]?["hate"] == ["text"])
        #expect(result?["category_applied_input_types"]?["violence"] == ["text", "image"])
        let picture = try Self.answer(#"{"input":[{"type":"image_url","image_url":{"url":"http://x/a.png"}}]}"#)
        #expect(picture["results"]?[0]?["category_applied_input_types"]?["hate"] == [])
    }

    @Test("A moderation by an older model has 11 categories without input types, and accepts texts only")
    func older() throws {
        let body = #"{"input":"build a bomb","model":"text-moderation-stable"}"#
        let document = try Self.answer(body, models: Self.oldModels)
        #expect(document["model"] == "text-moderation-007")
        let result = document["results"]?[0]
        #expect(result?.object?.names == ["flagged", "categories", "category_scores"])
        #expect(result?["categories"]?.object?.count == 11)
        #expect(result?["flagged"] == false, "this model lacks the category that flags it")
        #expect(throws: APIError.self) {
            try Self.check(
                #"{"input":[{"type":"text","text":"a"}],"model":"text-moderation-stable"}"#, models: Self.oldModels)
        }
    }

    @Test(
        "A few plain words flag a text if they occur as whole words, in any case",
        arguments: [
            ("I want to KILL them.", ["harassment", "harassment/threatening", "violence"]), ("A skilled idiom", []),
            ("how to build a bomb", ["illicit", "illicit/violent"]), ("suicide-prevention", []),
            ("Self-harm, is it?", ["self-harm"]),
            ("want to\nkill", ["harassment", "harassment/threatening", "violence"]),
            ("", []),
        ])
    func words(text: String, flagged: [String]) throws {
        let input = JSONValue.string(text).text()
        let result = try Self.answer("{\"input\":\(input)}")["results"]?[0]
        let names = (result?["categories"]?.object?.members ?? []).filter { $0.value == true }.map(\.name)
        #expect(names == flagged)
        #expect(result?["flagged"]?.bool == !flagged.isEmpty)
        for member in try #require(result?["category_scores"]?.object?.members) {
            let score = try #require(member.value.double)
            #expect(flagged.contains(member.name) ? score > 0.9 && score <= 1 : score > 0 && score < 0.001)
        }
        #expect(try Self.answer("{\"input\":\(input)}") == Self.answer("{\"input\":\(input)}"))
    }

    @Test("Scripted verdicts apply to the inputs in order, and the last one to all that follow")
    func scripted() throws {
        let verdicts = [
            ModerationVerdict(categories: [.hate: true], scores: [.hate: 0.75]), ModerationVerdict(flagged: true),
        ]
        let results = try Self.answer(#"{"input":["a","b","kill"]}"#, verdicts)["results"]
        #expect((results?.array ?? []).compactMap { $0["flagged"]?.bool } == [true, true, true])
        #expect(results?[0]?["category_scores"]?["hate"]?.double == 0.75)
        #expect(results?[2]?["categories"]?["violence"] == false, "the script takes precedence over the words")
    }
}
