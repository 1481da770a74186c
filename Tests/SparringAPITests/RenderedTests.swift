import SparringJSON
import SparringWire
import Testing

@testable import SparringAPI

@Suite("Effects of an answer")
struct RenderedTests {
    private static func effects(_ endpoint: Endpoint, _ members: String) throws -> [String] {
        let body = try JSONValue.parse(Array(#"{"model":"gpt-4o-mini",\#(members)}"#.utf8))
        var ids = IDMint(seed: 1)
        return try endpoint.check(body, models: .builtIn)
            .render(saying: .text("Hi."), context: AnswerInput(created: 1), ids: &ids).effects.map { effect in
                switch effect {
                case .keep: "keep"
                case .store: "store"
                case .download: "download"
                case .stream: "stream"
                case .converse: "converse"
                case .hear: "hear"
                }
            }
    }

    private static let chat = #""messages":[{"role":"user","content":"hi"}]"#

    @Test(
        "An answer has the effects that its request asks for, and no others",
        arguments: [
            (Endpoint.chatCompletions, chat, [String]()),
            (.chatCompletions, chat + #","store":true"#, ["store"]),
            (.responses, #""input":"hi""#, ["keep"]), (.responses, #""input":"hi","store":false"#, []),
            (.responses, #""input":"hi","background":true"#, ["keep"]),
            (.responses, #""input":"hi","background":true,"stream":true"#, ["keep", "stream"]),
        ])
    func effects(endpoint: Endpoint, members: String, effects: [String]) throws {
        #expect(try Self.effects(endpoint, members) == effects)
    }
}
