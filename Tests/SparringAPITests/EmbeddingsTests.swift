import Foundation
import SparringJSON
import SparringWire
import Testing

@testable import SparringAPI

@Suite("Embeddings")
struct EmbeddingsTests {
    static let models: [String: ModelInfo] = [
        "text-embedding-3-small": ModelInfo(
            id: "text-embedding-3-small",
            kind: .embedding(dimensions: 1536, isShortenable: true),
            contextWindow: 8192,
            maximumOutput: 0
        ),
        "text-embedding-3-large": ModelInfo(
            id: "text-embedding-3-large",
            kind: .embedding(dimensions: 3072, isShortenable: true),
            contextWindow: 8192,
            maximumOutput: 0
        ),
        "text-embedding-ada-002": ModelInfo(
            id: "text-embedding-ada-002",
            snapshot: "text-embedding-ada-002-v2",
            kind: .embedding(dimensions: 1536, isShortenable: false),
            contextWindow: 8192,
            maximumOutput: 0
        ),
        "gpt-4o": ModelInfo(id: "gpt-4o", contextWindow: 128_000, maximumOutput: 16_384),
    ]

    static func check(_ json: String) throws -> EmbeddingsRequest {
        try EmbeddingsRequest.check(try JSONValue.parse(json)) { models[$0] }
    }

    static func answer(_ json: String) throws -> (body: JSONValue, headers: HeaderFields, bytes: [UInt8]) {
        let context = ResponsesFixture.context
        var ids = IDMint(seed: 1)
        let answer = try check(json).answer(context: context, ids: &ids)
        guard case .whole(let bytes) = answer.body else { return (nil, answer.headers, []) }
        return (try JSONValue.parse(bytes), answer.headers, bytes)
    }

    static func vector(_ text: String, dimensions: Int = 1536) -> [Float] {
        EmbeddingsVector(.text(text), dimensions: dimensions).values
    }

    static func cosine(_ a: [Float], _ b: [Float]) -> Double {
        zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }

    static func lots(_ element: String, _ count: Int) -> String {
        "[\(repeatElement(element, count: count).joined(separator: ","))]"
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var body: String
        var message: String
        var status = 400
        var code: String?
        var testDescription: String { message }
    }

    static let invalid =
        "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference."
    static let small = #""model":"text-embedding-3-small""#

    static let rows: [Row] = [
        Row(body: #"{"input":"x"}"#, message: "you must provide a model parameter"),
        Row(
            body: #"{"input":"x","model":"nope"}"#,
            message: "The model `nope` does not exist or you do not have access to it.",
            status: 404,
            code: "model_not_found"
        ),
        Row(
            body: #"{"input":"x","model":"gpt-4o"}"#,
            message: "You are not allowed to generate embeddings from this model",
            status: 403
        ),
        Row(body: "{\(small)}", message: "'input' is a required property"),
        Row(body: "{\(small),\"input\":\"\"}", message: invalid),
        Row(body: "{\(small),\"input\":[]}", message: "[] is too short - 'input'"),
        Row(body: "{\(small),\"input\":{}}", message: invalid),
        Row(body: "{\(small),\"input\":[\"a\",\"\"]}", message: invalid),
        Row(body: "{\(small),\"input\":[\"a\",1]}", message: invalid),
        Row(body: "{\(small),\"input\":[1,\"a\"]}", message: invalid),
        Row(body: "{\(small),\"input\":[[1],[]]}", message: invalid),
        Row(body: "{\(small),\"input\":[-1]}", message: invalid),
        Row(
            body: "{\(small),\"input\":\"x\",\"dimensions\":-1,\"encoding_format\":\"bad\"}",
            message: "-1 is less than the minimum of 1 - 'dimensions'"
        ),
        Row(
            body: "{\(small),\"input\":\"x\",\"encoding_format\":\"bad\"}",
            message: "'bad' is not one of ['float', 'base64'] - 'encoding_format'"
        ),
        Row(
            body: "{\(small),\"input\":\"x\",\"dimensions\":1537}",
            message: "Invalid value for 'dimensions' = 1537. Must be less than or equal to 1536."
        ),
        Row(
            body: #"{"model":"text-embedding-ada-002","input":"x","dimensions":8}"#,
            message: "This model does not support specifying dimensions."
        ),
        Row(
            body: "{\(small),\"input\":[\(lots("1", 8193))]}",
            message: "This model's maximum context length is 8192 tokens, however you requested 8193 tokens "
                + "(8193 in your prompt; 0 for the completion). Please reduce your prompt; or completion length."
        ),
        Row(
            body: "{\(small),\"input\":\(lots("\"x\"", 2049))}",
            message: "Invalid 'input': array too long. Expected an array with maximum length 2048, "
                + "but got an array with length 2049 instead.",
            code: "array_above_max_length"
        ),
        Row(
            body: "{\(small),\"input\":\(lots("1", 2049))}",
            message: "Invalid 'input': array too long. Expected an array with maximum length 2048, "
                + "but got an array with length 2049 instead.",
            code: "array_above_max_length"
        ),
        Row(
            body: "{\(small),\"input\":\"\(String(repeating: "word ", count: 8200))\"}",
            message: "This model's maximum context length is 8192 tokens, however you requested 8201 tokens "
                + "(8201 in your prompt; 0 for the completion). Please reduce your prompt; or completion length."
        ),
        Row(
            body: #"{"model":7,"input":"x"}"#,
            message: "We could not parse the JSON body of your request. (HINT: "
                + "This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but "
                + "what was sent was not valid JSON. If you have trouble figuring out how to fix this, please contact us "
                + "through our help center at help.openai.com.)"),
        Row(body: "{\(small),\"input\":null}", message: "'input' is a required property"),
        Row(body: "{\(small),\"input\":7}", message: invalid),
        Row(body: "{\(small),\"input\":[1.5]}", message: invalid),
        Row(body: "{\(small),\"input\":[[1],2]}", message: invalid),
        Row(body: "{\(small),\"input\":[null]}", message: invalid),
        Row(
            body: "{\(small),\"input\":\"x\",\"dimensions\":\"8\"}",
            message: "\"8\" is not of type 'integer' - 'dimensions'"),
        Row(
            body: "{\(small),\"input\":\"x\",\"dimensions\":1.5}",
            message: "1.5 is not of type 'integer' - 'dimensions'"),
        Row(
            body: "{\(small),\"input\":\"x\",\"dimensions\":0}",
            message: "0 is less than the minimum of 1 - 'dimensions'"),
        Row(
            body: #"{"model":"text-embedding-3-large","input":"x","dimensions":3073}"#,
            message: "Invalid value for 'dimensions' = 3073. Must be less than or equal to 3072."
        ),
        Row(
            body: "{\(small),\"input\":\"x\",\"encoding_format\":7}",
            message: "7 is not one of ['float', 'base64'] - 'encoding_format'"
        ),
        Row(body: "{\(small),\"input\":\"x\",\"user\":7}", message: "7 is not of type 'string' - 'user'"),
        Row(
            body: "{\(small),\"input\":\(lots(lots("1", 8000), 38))}",
            message: "Requested 304000 tokens, max 300000 tokens per request",
            code: "max_tokens_per_request"
        ),
    ]

    @Test("An invalid embeddings request gets the API's own error message, status and code", arguments: rows)
    func complaint(row: Row) throws {
        let error = try #require(throws: APIError.self) { try Self.check(row.body) }
        #expect(error.message == row.message)
        #expect(error.status == row.status)
        #expect(error.code == row.code)
        #expect((error.layout == .routing) == (row.status == 404))
    }

    @Test(
        "An embeddings request is accepted up to each limit",
        arguments: [
            (#""input":\#(lots("1", 2048))"#, 1), (#""input":[\#(lots("1", 8192))]"#, 1),
            (#""input":\#(lots("\"x\"", 2048))"#, 2048), (#""input":\#(lots(lots("1", 8000), 37))"#, 37),
            (#""input":"x","dimensions":1536"#, 1), (#""input":"x","dimensions":1"#, 1),
            (#""input":"x","encoding_format":"float""#, 1), (#""input":"x","encoding_format":"base64""#, 1),
            (#""input":"x","dimensions":null,"encoding_format":null,"user":null"#, 1), (#""input":"x","user":"me""#, 1),
        ])
    func accepts(members: String, count: Int) throws {
        #expect(try Self.check("{\(Self.small),\(members)}").inputs.count == count)
    }

    @Test(
        "Embedding vectors have the requested length and norm 1",
        arguments: [
            ("text-embedding-3-small", "", 1536), ("text-embedding-3-large", "", 3072),
            ("text-embedding-ada-002", "", 1536), ("text-embedding-3-small", #","dimensions":512"#, 512),
            ("text-embedding-3-small", #","dimensions":1"#, 1), ("text-embedding-3-small", #","dimensions":7"#, 7),
        ]
    )
    func norms(model: String, extra: String, count: Int) throws {
        for input in [
            "\"hello\"", "[\"a b c\",\"Hello, ScenarioContext!\"]", "[1,2,3]", "[[5],[6,7]]", "\"🙂\"", "\" \"",
        ] {
            let body = try Self.answer("{\"model\":\"\(model)\",\"input\":\(input)\(extra)}").body
            for data in try #require(body["data"]?.array) {
                let vector = try #require(data["embedding"]?.array).compactMap(\.double)
                #expect(vector.count == count)
                #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
            }
        }
    }

    @Test("A shortened embedding vector is the start of the full one, normalized again")
    func shortening() {
        let full = Self.vector("a few words").prefix(256)
        let norm = full.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        for (long, short) in zip(full, Self.vector("a few words", dimensions: 256)) {
            #expect(abs(Double(long) / norm - Double(short)) < 1e-6)
        }
    }

    @Test("A base64 embedding contains the same floats in little-endian order", arguments: [1536, 512, 2, 1])
    func base64(count: Int) throws {
        let body = "{\(Self.small),\"dimensions\":\(count),\"input\":\"compare me\""
        let floats = try #require(Self.answer(body + "}").body["data"]?[0]?["embedding"]?.array)
        let text = try #require(
            Self.answer(body + ",\"encoding_format\":\"base64\"}").body["data"]?[0]?["embedding"]?.string
        )
        let data = [UInt8](try #require(Data(base64Encoded: text)))
        try #require(data.count == count * 4)
        let decoded = stride(from: 0, to: data.count, by: 4).map { start in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(data[start + $1]) << UInt32(8 * $1) })
        }
        #expect(floats.compactMap { $0.number.flatMap { Float($0.text) } } == decoded)
    }

    @Test(
        "Embedding floats are written as the API writes them",
        arguments: [
            (0.011905322, "0.011905322"), (-0.0012588563, "-0.0012588563"), (5.05e-05, "0.0000505"),
            (-7.522572e-05, "-0.00007522572"), (4.7054364e-06, "0.0000047054364"), (2.2534103e-07, "2.2534103e-7"),
            (5e-05, "0.00005"), (1, "1"), (-1, "-1"), (0, "0"), (0.5, "0.5"),
        ] as [(Float, String)]
    )
    func decimals(value: Float, text: String) {
        #expect(EmbeddingsText.decimal(value) == text)
        #expect(Float(text) == value)
    }

    @Test("Equal inputs have equal embeddings at any index, and different inputs have different ones")
    func determinism() throws {
        let body = try Self.answer("{\(Self.small),\"input\":[\"one\",\"two\",\"one\"]}").body
        #expect(body["data"]?[0]?["embedding"] == body["data"]?[2]?["embedding"])
        #expect(body["data"]?[0]?["embedding"] != body["data"]?[1]?["embedding"])
        #expect(Self.vector("b a") != Self.vector("a b"))
        // The values are fixed here, because vectors that clients have stored must still match in later versions.
        #expect(Self.vector("pinned").prefix(2).map(EmbeddingsText.decimal) == ["-0.02454784", "-0.028835671"])
    }

    @Test("Embeddings of texts with common words are close, and those of other texts are nearly orthogonal")
    func similarity() {
        let question = Self.vector("How do I reset my password?")
        let answer = Self.vector("To reset your password, open the settings.")
        let other = Self.vector("Bananas are rich in potassium and fibre.")
        #expect(Self.cosine(question, answer) > 0.3)
        #expect(abs(Self.cosine(question, other)) < 0.12)
        #expect(Self.cosine(question, Self.vector("how do i reset MY password")) > 0.8)
    }

    @Test("An embeddings answer of the third generation has no openai-model, and its index is last")
    func thirdGeneration() throws {
        let (body, headers, _) = try Self.answer(#"{"model":"text-embedding-3-small","input":["a","b"]}"#)
        #expect(body["data"]?[1]?.object?.names == ["object", "embedding", "index"])
        #expect(body["data"]?[1]?["index"] == 1)
        #expect(!headers.contains("openai-model"))
    }

    @Test("An embeddings answer has the recorded layout")
    func layout() throws {
        let (body, headers, bytes) = try Self.answer(
            #"{"model":"text-embedding-ada-002","input":[[1,2,3],[4]],"encoding_format":"base64","bogus":1}"#
        )
        #expect(body.object?.names == ["object", "data", "model", "usage"])
        #expect(body["data"]?[1]?.object?.names == ["object", "index", "embedding"])
        #expect(body["data"]?[1]?["index"] == 1)
        #expect(body["model"] == "text-embedding-ada-002-v2")
        #expect(body["usage"] == ["prompt_tokens": 4, "total_tokens": 4])
        #expect(bytes == body.serialized(.pretty) + [0x0A])
        #expect(headers["access-control-allow-origin"] == "*")
    }

    @Test("Embeddings answers have the keys and vector lengths of the recordings")
    func recordings() throws {
        guard let recordings = try ResponsesRecordingTests.recordings(of: "/v1/embeddings") else { return }
        for recording in recordings where recording["status"] == 200 {
            let real = try JSONValue.parse(try #require(recording["res"]?.string))
            let ours = try Self.answer(try #require(recording["req"]?.string)).body
            #expect(Set(ours.object?.names ?? []) == Set(real.object?.names ?? []))
            #expect(ours["model"] == real["model"])
            #expect(ours["data"]?.array?.count == real["data"]?.array?.count)
            let lengths = [ours, real].map { $0["data"]?[0]?["embedding"] }
                .map { $0?.array?.count ?? $0?.string?.utf8.count }
            #expect(lengths[0] == lengths[1])
        }
    }

    @Test("The digest of an embeddings request has its last text")
    func digest() throws {
        let request = try Self.check("{\(Self.small),\"input\":[\"first\",\"last\"]}")
        #expect(request.digest == CallDigest(lastUser: "last"))
        #expect(request.estimatedTokens == 7)
    }
}
