import SparringJSON
import SparringWire
import Testing

@testable import SparringAPI

@Suite("Answers about models")
struct ModelsAnswerTests {
    static let mini = ModelInfo(
        id: "gpt-4o-mini",
        snapshot: "gpt-4o-mini-2024-07-18",
        contextWindow: 128_000,
        maximumOutput: 16_384
    )

    static func body(of answer: Answer) throws -> JSONValue {
        guard case .whole(let bytes) = answer.body else { return nil }
        return try JSONValue.parse(bytes)
    }

    @Test("The list of models has no pagination members")
    func list() throws {
        let context = ResponsesFixture.context
        var ids = IDMint(seed: 1)
        let body = try Self.body(of: ModelsAnswer.list([Self.mini], context: context, ids: &ids))
        #expect(body.object?.names == ["object", "data"])
        #expect(
            body["data"] == [
                [
                    "id": "gpt-4o-mini", "object": "model", "created": 1_721_260_800, "owned_by": "system",
                    "shutdown_date": nil,
                ]
            ]
        )
    }

    @Test("A model is returned under the name that was requested")
    func retrieve() throws {
        let context = ResponsesFixture.context
        var ids = IDMint(seed: 1)
        let body = try Self.body(
            of: ModelsAnswer.retrieve("ft:gpt-4o-mini:acme::1", Self.mini, context: context, ids: &ids))
        #expect(body["id"] == "ft:gpt-4o-mini:acme::1")
        #expect(body["owned_by"]?.string == context.organization)
    }

    @Test("A look-up of an unknown model gets 404 with code model_not_found")
    func unknown() throws {
        let context = ResponsesFixture.context
        var ids = IDMint(seed: 1)
        let error = try #require(throws: APIError.self) {
            try ModelsAnswer.retrieve("no-such-model", models: ModelTable(), context: context, ids: &ids)
        }
        #expect(error.status == 404)
        #expect(error.message == "The model 'no-such-model' does not exist")
        #expect(error.param == "model")
        #expect(error.code == "model_not_found")
    }

    @Test(
        "The creation time of a model is the date in its snapshot's name",
        arguments: [
            ("a-1970-01-01", 0), ("a-2024-02-29", 1_709_164_800), ("a-2024-03-01", 1_709_251_200),
            ("a-2025-12-31", 1_767_139_200), ("gpt-4-0613", 1_677_610_602), ("gpt-5", 1_677_610_602),
        ]
    )
    func created(snapshot: String, seconds: Int) {
        let model = ModelInfo(id: "a", snapshot: snapshot, contextWindow: 1, maximumOutput: 1)
        #expect(ModelsAnswer.created(model) == seconds)
    }
}
