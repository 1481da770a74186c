import SparringJSON
import SparringWire
import Testing

@testable import SparringAPI

@Suite("Payload faults")
struct PayloadFaultsTests {
    /// role · a · b (two tokens) · finish · [DONE]
    private static let chat: [Event] = [
        Event(data: bytes(#"{"choices":[{"delta":{"role":"assistant"}}]}"#), kind: .frame),
        Event(data: bytes(#"{"choices":[{"delta":{"content":"a"}}]}"#), kind: .content(tokens: 1)),
        Event(data: bytes(#"{"choices":[{"delta":{"content":"b"}}]}"#), kind: .content(tokens: 2)),
        Event(data: bytes(#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#), kind: .finish),
        Event(data: bytes("[DONE]"), kind: .done),
    ]
    private static let error = Fault.InBandError(type: "server_error", code: nil, message: "Sorry.")

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static func apply(
        _ fault: Fault, to body: Answer.Body = .events(chat), endpoint: Endpoint = .chatCompletions
    ) -> (events: [Event], whole: String, missed: [FaultID: String]) {
        var answer = Answer(status: 200, body: body)
        var outcomes = FaultOutcomes()
        PayloadFaults.apply([fault].ordered(), to: &answer, endpoint: endpoint, &outcomes)
        let missed = outcomes.missed
        switch answer.body {
        case .events(let events): return (events, "", missed)
        case .whole(let bytes): return ([], String(decoding: bytes, as: UTF8.self), missed)
        case .none: return ([], "", missed)
        }
    }

    @Test(
        "An in-band error is sent at its point and ends the stream",
        arguments: [
            (Fault.Point.start, 0), (.head, 0), (.event(0), 0), (.event(2), 2), (.firstContent, 1), (.content(1), 2),
            (.token(1), 2), (.token(2), 3), (.token(3), 3), (.done, 4), (.event(5), 5),
        ])
    func inBandError(point: Fault.Point, before: Int) {
        let (events, _, missed) = Self.apply(Fault(at: point, .action(.error(Self.error))))
        #expect(events.count == before + 1)
        #expect(Array(events.dropLast()) == Array(Self.chat.prefix(before)))
        #expect(
            String(decoding: events.last?.data ?? [], as: UTF8.self)
                == #"{"error":{"message":"Sorry.","type":"server_error","param":null,"code":null}}"#)
        #expect(events.last?.faults == [0])
        #expect(missed.isEmpty)
    }

    @Test("An error in a Realtime session has the form of its other errors, with an id of its own")
    func realtimeError() throws {
        let first = Event(name: "response.created", data: Self.bytes(#"{"type":"response.created"}"#), kind: .frame)
        let done = Event(name: "response.done", data: Self.bytes("{}"), kind: .finish)
        let (events, _, _) = Self.apply(
            Fault(at: .event(1), .action(.error(Self.error))), to: .events([first, done]), endpoint: .realtime)
        #expect(events.map(\.name) == ["response.created", "error"])
        let error = try JSONValue.parse(events[1].data)
        #expect(error["type"] == "error")
        #expect(error["event_id"]?.string?.hasPrefix("event_") == true)
        #expect(error["error"]?["message"] == "Sorry.")
    }

    @Test("An error in a stream of responses is followed by response.failed with the next number")
    func responsesError() throws {
        let first = Event(
            name: "response.created",
            data: Self.bytes(#"{"type":"response.created","response":{"id":"resp_1","status":"in_progress"}}"#),
            kind: .frame)
        let done = Event(name: "response.completed", data: Self.bytes("{}"), kind: .finish)
        let (events, _, _) = Self.apply(
            Fault(at: .event(1), .action(.error(Self.error))), to: .events([first, done]), endpoint: .responses)
        #expect(events.map(\.name) == ["response.created", "error", "response.failed"])
        let failed = try JSONValue.parse(events[2].data)
        #expect(failed["sequence_number"] == 2)
        #expect(failed["response"]?["id"] == "resp_1")
        #expect(failed["response"]?["status"] == "failed")
    }

    @Test("malformed_json cuts only the next event in half, and never [DONE]")
    func malformed() {
        let (events, _, _) = Self.apply(Fault(at: .event(1), .action(.malformedJSON)))
        #expect(
            events.map(\.data.count) == [44, Self.chat[1].data.count / 2] + Self.chat.dropFirst(2).map(\.data.count))
        let late = Self.apply(Fault(at: .event(4), .action(.malformedJSON)))
        #expect(late.events == Self.chat)
        #expect(late.missed.keys.sorted() == [0])
    }

    @Test("A whole body can be cut in half, and misses a fault that needs events")
    func wholeBody() {
        let half = Self.apply(Fault(at: .head, .action(.malformedJSON)), to: .whole(Self.bytes("0123456789")))
        #expect(half.whole == "01234")
        let error = Self.apply(Fault(at: .event(1), .action(.error(Self.error))), to: .whole(Self.bytes("{}")))
        #expect(error.whole == "{}")
        #expect(error.missed == [0: "the answer is a whole body, not a stream"])
    }

    @Test("drop_done removes [DONE] and marks the event before it")
    func dropDone() {
        let (events, _, missed) = Self.apply(Fault(at: .done, .action(.dropDone)))
        #expect(events.count == 4)
        #expect(events.last?.faults == [0])
        #expect(missed.isEmpty)
    }

    @Test("drop_finish_reason sets finish_reason to null")
    func dropFinishReason() {
        let (events, _, _) = Self.apply(Fault(at: .start, .action(.dropFinishReason)))
        #expect(String(decoding: events[3].data, as: UTF8.self) == #"{"choices":[{"delta":{},"finish_reason":null}]}"#)
        #expect(events.count == 5)
    }

    @Test("A fault whose point is never reached is missed, with the number of events in the reason")
    func missed() {
        let (events, _, missed) = Self.apply(Fault(at: .event(9), .action(.error(Self.error))))
        #expect(events == Self.chat)
        #expect(missed[0]?.contains("5 events") == true)
    }
}
