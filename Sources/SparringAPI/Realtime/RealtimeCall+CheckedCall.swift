package import SparringJSON
import SparringWire

extension RealtimeCall: CheckedCall {
    /// Always throws: a call is made from the events of a socket, never from the body of a request.
    package static func check(
        _ endpoint: Endpoint, _ body: JSONValue, models: ModelTable, memory: ResponsesMemory
    ) throws(APIError) -> RealtimeCall {
        throw .realtimeUnsupported("a Realtime response needs a WebSocket", param: "type")
    }

    package var promptTokens: Int { textTokens + audioTokens }
    package var estimatedTokens: Int { promptTokens + min(outputLimit ?? 0, model.maximumOutput) }
    package static var speaks: Bool { true }
    package var content: Content? { AutoContent.content(for: self) }
    package var obstacle: String? { nil }
    package var asDocumented: (any CheckedCall)? { nil }

    package func objection(to content: Content?, reasoning: Int, ending: ResponsesEnding?) -> String? {
        Self.objection(toReasoning: reasoning)
    }

    package static func exampleModel(for endpoint: Endpoint) -> String { "gpt-realtime" }

    package static func admitted(_ id: String, to endpoint: Endpoint, from models: ModelTable) -> ModelInfo {
        ModelInfo(id: id, kind: .other, contextWindow: 32_000, maximumOutput: 4_096)
    }

    package func render(saying content: Content?, context: AnswerInput, ids: inout IDMint) -> Rendered {
        let output = RealtimeOutput(content ?? .text(""), for: self, context: context, ids: &ids)
        var answer = Answer(status: 200, headers: ["x-request-id": ids.hex("req_", count: 32)])
        answer.body = .events(output.events)
        answer.usage = output.usage
        return Rendered(answer, effects: [.converse(output)])
    }
}
