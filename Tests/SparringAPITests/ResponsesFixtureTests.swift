import SparringJSON

@testable import SparringAPI

/// Models and short forms that the tests of the responses endpoint share.
enum ResponsesFixture {
    static let models: [String: ModelInfo] = [
        "gpt-4o-mini": ModelInfo(
            id: "gpt-4o-mini",
            snapshot: "gpt-4o-mini-2024-07-18",
            contextWindow: 128_000,
            maximumOutput: 16_384
        ),
        "tiny": ModelInfo(id: "tiny", contextWindow: 8, maximumOutput: 64),
        "o3-mini": ModelInfo(id: "o3-mini", contextWindow: 200_000, maximumOutput: 100_000, isReasoning: true),
        "gpt-5.4": ModelInfo(
            id: "gpt-5.4",
            snapshot: "gpt-5.4-2026-03-05",
            contextWindow: 1_050_000,
            maximumOutput: 128_000,
            isReasoning: true
        ),
        "gpt-5.6-terra": ModelInfo(
            id: "gpt-5.6-terra",
            contextWindow: 922_000,
            maximumOutput: 128_000,
            isReasoning: true
        ),
    ]

    static func check(_ json: String) throws -> ResponsesRequest {
        try ResponsesRequest.check(try JSONValue.parse(json)) { models[$0] }
    }

    static var context: AnswerInput {
        AnswerInput(created: 1_776_481_264)
    }
}
