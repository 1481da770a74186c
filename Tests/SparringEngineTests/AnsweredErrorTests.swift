import SparringExchange
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Errors by status, code and cause")
struct AnsweredErrorTests {
    private static let scenario = """
        schema: 1
        scenario: errors
        limits: { gpt-4.1: { rpm: 1 } }
        rules:
          - when: { model: gpt-4o-mini }
            steps: [{ error: rate_limit_exceeded }, { error: bad_gateway }, { raw: { status: 418 } }]
          - when: { model: gpt-4.1 }
            steps: [{ auto: {} }]
            then: last
        """

    private static func chat(_ model: String) -> Request {
        Request(
            method: "POST", target: "/v1/chat/completions", headers: ["authorization": "Bearer sk-test"],
            body: Array(#"{"model":"\#(model)","messages":[{"role":"user","content":"hi"}]}"#.utf8))
    }

    @Test(
        "An error has the status and code of its answer, and its cause",
        arguments: [
            (
                "gpt-4o-mini",
                [
                    "429 rate_limit_exceeded scripted", "502 bad_gateway scripted", "418 - scripted",
                    "400 sparring_unmatched unmatched",
                ]
            ),
            ("no-model", ["404 model_not_found refused"]),
            ("gpt-4o", ["400 sparring_unmatched unmatched"]),
            ("gpt-4.1", ["-", "429 rate_limit_exceeded emulated"]),
        ])
    func kinds(model: String, expected: [String]) throws {
        let engine = try SocketClient.engine(Self.scenario)
        let kinds = expected.map { _ in
            let planned = engine.respond(to: Self.chat(model), connection: 1, now: Moment(nanoseconds: 0))
            return AnsweredError(planned.exchange.decision)
                .map { "\($0.status) \($0.code ?? "-") \($0.cause)" } ?? "-"
        }
        #expect(kinds == expected)
    }
}
