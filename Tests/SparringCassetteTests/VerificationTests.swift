import SparringAPI
import SparringWire
import Testing

@testable import SparringCassette

@Suite("The verification of a cassette")
struct VerificationTests {
    private static func answer(_ body: String, status: Int = 200, type: String = "application/json") -> RecordedAnswer {
        let bytes = Array(body.utf8)
        return RecordedAnswer(
            status: status, headers: ["Content-Type": type], body: bytes,
            pieces: [RecordedPiece(at: 1, count: bytes.count)])
    }

    private static func exchange(
        _ body: String, _ answer: RecordedAnswer?, target: String = "/v1/responses", method: String = "POST",
        ending: RecordedEnding = .complete, isMasked: Bool = false
    ) -> RecordedExchange {
        RecordedExchange(
            session: "s", number: 1, startedAt: 0,
            request: RecordedRequest(
                method: method, target: target, headers: ["Authorization": "Bearer …(masked)", "X-A": "b"],
                body: Array(body.utf8), isMasked: isMasked),
            answer: answer, ending: ending)
    }

    private static let prices = PriceTable(asOf: nil, prices: ["m": Price(input: 1000, output: 2000)])

    @Test(
        "A verification reports changes in the answer's structure, but not in its content",
        arguments: [
            (#"{"a":"x","n":1,"l":[1,2]}"#, #"{"l":[],"n":2.5,"a":"another"}"#, []),
            (#"{"a":"x","b":null}"#, #"{"a":"y","b":{"c":1}}"#, ["$.b.c   new: number"]),
            (#"{"a":"x"}"#, #"{"a":1}"#, ["$.a   was string, is number"]),
            (#"{"a":"x","o":{"p":1}}"#, #"{"a":"x"}"#, ["$.o   gone, was object"]),
            (
                #"{"object":"chat.completion"}"#, #"{"object":"chat"}"#,
                [#"$.object   was "chat.completion", is "chat""#]
            ),
            (#"{"m":{"metadata":{"a":"1"}}}"#, #"{"m":{"metadata":{"b":"2"}}}"#, []),
            (
                #"{"o":[{"type":"message","text":"x"}]}"#, #"{"o":[{"type":"message","text":"x","phase":"end"}]}"#,
                ["$.o[message].phase   new: string"]
            ),
        ])
    func shapes(recorded: String, now: String, expected: [String]) {
        let changes = AnswerShape(Self.answer(recorded)).changes(to: AnswerShape(Self.answer(now)))
        #expect(changes.changed == expected)
    }

    @Test("A verification treats missing output items as the model's choice")
    func choices() {
        let recorded = #"{"o":[{"type":"message","t":"x"},{"type":"function_call","name":"f"}]}"#
        let changes = AnswerShape(Self.answer(recorded)).changes(
            to: AnswerShape(Self.answer(#"{"o":[{"type":"message","t":"y"}]}"#)))
        #expect(changes.changed == [] && changes.unseen == ["$.o[function_call]"])
    }

    @Test("A verification compares streams by their kinds of events, not by the number of events")
    func streams() {
        func stream(_ events: [String], _ end: String = "") -> AnswerShape {
            AnswerShape(
                Self.answer(events.map { "data: \($0)\n\n" }.joined() + end, type: "text/event-stream; charset=utf-8"))
        }
        let delta = #"{"type":"d","text":"x"}"#
        let recorded = stream([delta], "data: [DONE]\n\n")
        #expect(recorded.changes(to: stream([delta, delta], "data: [DONE]\n\n")).changed == [])
        #expect(recorded.changes(to: stream([delta])).unseen == ["data: [DONE]"])
        #expect(
            recorded.changes(to: stream([#"{"type":"d","text":1}"#], "data: [DONE]\n\n")).changed == [
                "event d $.text   was string, is number"
            ])
        #expect(
            recorded.changes(to: stream([delta, #"{"type":"e"}"#], "data: [DONE]\n\n")).changed == [
                "event e $   new: object"
            ])
        #expect(
            recorded.changes(to: AnswerShape(Self.answer("{}"))).changed == ["text/event-stream, now application/json"])
        #expect(recorded.changes(to: AnswerShape(Self.answer("{}", status: 400))).changed == ["status 200, now 400"])
    }

    @Test("A verification counts the recorded usage against the budget, and stops at the budget")
    func budget() {
        var settings = Verification.Settings()
        settings.budget = 0.025
        var verification = Verification(settings, prices: Self.prices)
        let used = Self.answer(#"{"usage":{"input_tokens":4,"output_tokens":3}}"#)
        let call = Self.exchange(#"{"model":"m"}"#, used)
        guard case .send(let request, let cost) = verification.step(for: call) else {
            Issue.record("a request within the budget was skipped")
            return
        }
        #expect(cost == 0.01 && request.headers.fields.map(\.name) == ["X-A"], "what was masked is not sent")
        #expect(verification.step(for: call) != .skip(reason: ""))
        guard case .skip(let reason) = verification.step(for: call) else {
            Issue.record("the third request was sent beyond the budget")
            return
        }
        #expect(reason.contains("$0.0100") && reason.contains("$0.0050 left"), "\(reason)")
        #expect(abs(verification.spent - 0.02) < 1e-9)
    }

    @Test("A verification skips exchanges that it cannot or should not send")
    func skips() {
        var verification = Verification(Verification.Settings(), prices: Self.prices)
        let fine = Self.answer("{}")
        func reason(_ exchange: RecordedExchange) -> String {
            if case .skip(let reason) = verification.step(for: exchange) { reason } else { "sent" }
        }
        #expect(reason(Self.exchange("{}", fine, ending: .reset)).contains("incomplete"))
        #expect(reason(Self.exchange("{}", fine, isMasked: true)).contains("masked"))
        #expect(reason(Self.exchange("{}", fine, target: "/v1/unknown")).contains("unknown"))
        #expect(reason(Self.exchange("{}", fine, target: "/v1/batches")).contains("--changes"))
        #expect(reason(Self.exchange("", fine, target: "/v1/files", method: "GET")) == "sent")
        #expect(reason(Self.exchange(#"{"model":"unheard"}"#, fine)).contains("--unpriced"))
        #expect(reason(Self.exchange(#"{"model":"m"}"#, fine)) == "sent", "estimated from the lengths of the bodies")
    }

    @Test("A verification uses the identifiers of the new answers in later requests")
    func names() {
        var verification = Verification(Verification.Settings(), prices: Self.prices)
        let first = Self.exchange(#"{"model":"m"}"#, Self.answer(#"{"id":"resp_old111"}"#))
        _ = verification.step(for: first)
        let second = Self.exchange(
            #"{"model":"m","previous_response_id":"resp_old111"}"#, Self.answer(#"{"id":"resp_old222"}"#))
        guard case .skip(let reason) = verification.step(for: second) else {
            Issue.record("a request was sent before its identifier was known")
            return
        }
        #expect(reason.contains("resp_old111"))
        _ = verification.compare(Self.answer(#"{"id":"resp_old111"}"#), with: Self.answer(#"{"id":"resp_new111"}"#))
        guard case .send(let request, _) = verification.step(for: second) else {
            Issue.record("a request with a known identifier was skipped")
            return
        }
        #expect(String(decoding: request.body, as: UTF8.self) == #"{"model":"m","previous_response_id":"resp_new111"}"#)
    }

    @Test("A verification does not count an identifier from an earlier new answer as a new one")
    func knownNames() {
        var verification = Verification(Verification.Settings(), prices: Self.prices)
        let old = [#"{"id":"resp_old111"}"#, #"{"id":"resp_old222","previous_response_id":"resp_old111"}"#]
        let new = [#"{"id":"resp_new111"}"#, #"{"previous_response_id":"resp_new111","id":"resp_new222"}"#]
        for (recorded, now) in zip(old, new) {
            _ = verification.step(for: Self.exchange(#"{"model":"m"}"#, Self.answer(recorded)))
            _ = verification.compare(Self.answer(recorded), with: Self.answer(now))
        }
        let third = Self.exchange(#"{"model":"m","previous_response_id":"resp_old222"}"#, Self.answer("{}"))
        guard case .send(let request, _) = verification.step(for: third) else {
            Issue.record("a request with known identifiers was skipped")
            return
        }
        #expect(String(decoding: request.body, as: UTF8.self) == #"{"model":"m","previous_response_id":"resp_new222"}"#)
    }

    @Test("A verification prices audio tokens separately, whole and streamed")
    func sound() {
        let prices = PriceTable(
            asOf: nil, prices: ["m": Price(input: 1000, output: 2000, audioInput: 10_000, audioOutput: 20_000)])
        let usage = #"""
            {"usage":{"prompt_tokens":4,"completion_tokens":3,"prompt_tokens_details":{"audio_tokens":1},
            "completion_tokens_details":{"audio_tokens":2}}}
            """#.filter { !$0.isNewline }
        for answer in [Self.answer(usage), Self.answer("data: \(usage)\n\n", type: "text/event-stream")] {
            var verification = Verification(Verification.Settings(), prices: prices)
            guard case .send(_, let cost) = verification.step(for: Self.exchange(#"{"model":"m"}"#, answer)) else {
                Issue.record("a request within the budget was skipped")
                return
            }
            #expect(abs(cost - (3 * 0.001 + 1 * 0.01 + 1 * 0.002 + 2 * 0.02)) < 1e-9, "\(cost)")
        }
    }
}
