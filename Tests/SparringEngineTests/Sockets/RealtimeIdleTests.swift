import SparringAPI
import SparringExchange
import SparringJSON
import SparringWire
import Testing

@testable import SparringEngine

/// Tests `idle_timeout_ms` without a clock: a test ends the pauses of the service's wait itself.
@Suite("The idle timeout of a Realtime session")
struct RealtimeIdleTests {
    private static let rules = "schema: 1\nscenario: idle\nrules:\n  - text: Are you there?\n    times: forever\n"
    private static let spoken = #"{"type":"response.create"}"#

    private static func update(_ detection: String) -> String {
        #"{"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":\#(detection)}}}}"#
    }

    private static func detection(_ members: String = "") -> String {
        update(#"{"type":"server_vad","idle_timeout_ms":6000\#(members)}"#)
    }

    /// A session with an idle timeout of 6 s, after a text response.
    private static func waiting(_ members: String = "", yaml: String = rules) throws -> (RealtimeClient, SocketWait) {
        let client = try RealtimeSocketTests.client(yaml)
        _ = try client.ask(detection(members))
        _ = try client.ask(RealtimeSocketTests.textResponse)
        return (client, try #require(client.client.socket.wait))
    }

    @Test("The wait is the playback of the response's audio, then the timeout")
    func pauses() throws {
        let (client, wait) = try Self.waiting()
        #expect(wait.pauses == [.zero, .seconds(6)])
        #expect(wait.clock != nil)
        let events = try client.ask(Self.spoken)
        let tokens = events.count { $0["type"] == "response.output_audio.delta" }
        let next = try #require(client.client.socket.wait)
        #expect(next.pauses == [.milliseconds(200 * tokens), .seconds(6)] && tokens > 0)
        #expect(next.number > wait.number)
    }

    @Test("A session waits for nothing before its first response, or without a timeout")
    func none() throws {
        let client = try RealtimeSocketTests.client(Self.rules)
        _ = try client.ask(RealtimeSocketTests.textResponse)
        #expect(client.client.socket.wait == nil)
        _ = try client.ask(Self.detection())
        #expect(client.client.socket.wait == nil)
    }

    @Test("The timeout commits the audio since the end of the playback, and starts a response")
    func timesOut() throws {
        let (client, wait) = try Self.waiting()
        _ = try client.ask(RealtimeAudioTests.append("..."))
        #expect(try client.wait(wait, pauses: 1...1) == [])
        for _ in 1...30 { #expect(try client.ask(RealtimeAudioTests.append("..")) == []) }
        let events = try client.wait(wait, pauses: 2...2)
        let types = RealtimeSocketTests.types(events)
        #expect(
            types.prefix(5) == [
                "input_audio_buffer.timeout_triggered", "input_audio_buffer.committed", "conversation.item.added",
                "conversation.item.done", "response.created",
            ])
        #expect(types.last == "response.done")
        #expect(events[0].object?.names == ["type", "event_id", "audio_start_ms", "audio_end_ms", "item_id"])
        #expect(events[0]["audio_start_ms"] == 300 && events[0]["audio_end_ms"] == 6_300)
        let item = try #require(events[0]["item_id"]?.string)
        #expect(events[1]["item_id"]?.string == item && events[2]["item"]?["id"]?.string == item)
        let kept = try client.ask(#"{"type":"conversation.item.retrieve","item_id":"\#(item)"}"#)
        let audio = try #require(kept.first?["item"]?["content"]?[0]?["audio"]?.string)
        #expect(Base64.decode(audio[...])?.count == 6_000 * 48)
        // The response that follows is the last one from now on.
        #expect(try #require(client.client.socket.wait).number > wait.number)
    }

    @Test("Without any audio, the timeout commits an empty item")
    func noAudio() throws {
        let (client, wait) = try Self.waiting()
        let events = try client.wait(wait, pauses: 1...2)
        #expect(events.first?["audio_start_ms"] == 0 && events.first?["audio_end_ms"] == 0)
        #expect(events.last?["type"] == "response.done")
    }

    @Test("Audio that arrives faster than it plays leaves at most 30 s in the item")
    func bounded() throws {
        let (client, wait) = try Self.waiting()
        _ = try client.wait(wait, pauses: 1...1)
        for _ in 1...12 { _ = try client.ask(RealtimeAudioTests.append(String(repeating: ".", count: 100))) }
        let events = try client.wait(wait, pauses: 2...2)
        #expect(events.first?["audio_start_ms"] == 0 && events.first?["audio_end_ms"] == 120_000)
        let item = try #require(events.first?["item_id"]?.string)
        let kept = try client.ask(#"{"type":"conversation.item.retrieve","item_id":"\#(item)"}"#)
        let audio = try #require(kept.first?["item"]?["content"]?[0]?["audio"]?.string)
        #expect(try #require(Base64.decode(audio[...])).count == 30_000 * 48)
    }

    @Test(
        "Speech, a response and another turn detection end the wait, and its timeout has no effect",
        arguments: [
            RealtimeAudioTests.append("###"), RealtimeSocketTests.textResponse, detection(#","threshold":0.4"#),
            update(#"{"type":"server_vad"}"#), update("null"),
            #"{"type":"session.update","session":{"type":"realtime","audio":{"input":{"format":{"type":"audio/pcmu"}}}}}"#,
        ])
    func ends(_ event: String) throws {
        let (client, wait) = try Self.waiting()
        #expect(try client.wait(wait, pauses: 1...1) == [])
        // The time is over, but the client's event is answered first.
        client.client.socket.waited(wait, pauses: 2)
        let late = try #require(client.client.socket.followUps().first)
        _ = try client.ask(event)
        #expect(client.client.socket.wait?.number != wait.number)
        let answer = client.client.socket.answer(to: late, connection: 1, now: Moment(nanoseconds: 0))
        #expect(try SocketClient.messages(answer) == [])
        #expect(try client.wait(wait, pauses: 1...2) == [])
    }

    @Test(
        "Other events do not end the wait",
        arguments: [
            RealtimeAudioTests.append("...."), RealtimeSocketTests.user("Hi"), detection(),
            #"{"type":"session.update","session":{"type":"realtime","instructions":"Be kind."}}"#,
            #"{"type":"input_audio_buffer.clear"}"#, #"{"type":"input_audio_buffer.commit"}"#, "no JSON",
            #"{"type":"response.create","response":{"conversation":"none","output_modalities":["text"]}}"#,
        ])
    func continues(_ event: String) throws {
        let (client, wait) = try Self.waiting()
        _ = try client.ask(event)
        #expect(client.client.socket.wait?.number == wait.number)
    }

    @Test("A response that speech stops starts no wait")
    func interrupted() throws {
        let client = try RealtimeSocketTests.client(Self.rules)
        _ = try client.ask(Self.detection())
        let (turn, running) = client.begin(RealtimeSocketTests.textResponse)
        let socket = client.client.socket
        let heard = socket.turn(of: Array(RealtimeAudioTests.append("###").utf8), isText: true)
        _ = socket.answer(to: heard, connection: 1, now: Moment(nanoseconds: 0))
        let stop = try #require(socket.followUps().first)
        socket.stopped(
            turn, sent: try #require(SocketFrame.ends(ofMessagesIn: running.script.bytes).dropFirst(5).first))
        socket.ended(turn)
        let rest = try SocketClient.messages(socket.answer(to: stop, connection: 1, now: Moment(nanoseconds: 0)))
        #expect(rest.last?["response"]?["status"] == "cancelled" && socket.wait == nil)
    }

    @Test("A response that fails starts no wait")
    func failed() throws {
        let failing = "schema: 1\nscenario: idle\nrules:\n  - text: No.\n    ends: { failed: server_error }\n"
        let client = try RealtimeSocketTests.client(failing)
        _ = try client.ask(Self.detection())
        #expect(try client.ask(RealtimeSocketTests.textResponse).last?["response"]?["status"] == "failed")
        #expect(client.client.socket.wait == nil)
    }

    @Test("A response that the client cancels is played as far as it was sent")
    func cancelled() throws {
        let client = try RealtimeSocketTests.client(Self.rules)
        _ = try client.ask(Self.detection())
        let (turn, running) = client.begin(Self.spoken)
        let messages = try SocketClient.messages(running)
        let delta = try #require(messages.firstIndex { $0["type"] == "response.output_audio.delta" })
        let sent = SocketFrame.ends(ofMessagesIn: running.script.bytes)[delta]
        let rest = try client.stop(turn, sent: sent, #"{"type":"response.cancel"}"#)
        #expect(rest.last?["response"]?["status"] == "cancelled")
        #expect(client.client.socket.wait?.pauses == [.milliseconds(200), .seconds(6)])
    }

    @Test(
        "The server starts no response if both create_response and interrupt_response are false",
        arguments: [
            (#","create_response":false"#, true), (#","interrupt_response":false"#, true),
            (#","create_response":false,"interrupt_response":false"#, false),
        ])
    func responses(_ members: String, _ responds: Bool) throws {
        let (client, wait) = try Self.waiting(members)
        let types = RealtimeSocketTests.types(try client.wait(wait, pauses: 1...2))
        #expect(types.first == "input_audio_buffer.timeout_triggered")
        #expect(types.contains("response.done") == responds)
    }

    @Test("The timeout has its effect also if rules name events, and its exchange names it")
    func named() throws {
        let rule = "rules:\n  - when: { event: session.update }\n    steps: [{ auto: {}, times: forever }]\n"
        let rules = Self.rules.replacing("rules:\n", with: rule)
        let (client, wait) = try Self.waiting(yaml: rules)
        let types = RealtimeSocketTests.types(try client.wait(wait, pauses: 1...2))
        #expect(types.first == "input_audio_buffer.timeout_triggered" && types.last == "response.done")
    }

    @Test(
        "A timeout outside of 5,000 to 30,000 ms is refused, and so is one of semantic_vad",
        arguments: [
            (#"{"type":"server_vad","idle_timeout_ms":4999}"#, "integer_below_min_value"),
            (#"{"type":"server_vad","idle_timeout_ms":30001}"#, "integer_above_max_value"),
            (#"{"type":"server_vad","idle_timeout_ms":"6000"}"#, "invalid_type"),
            (#"{"type":"semantic_vad","idle_timeout_ms":6000}"#, "unknown_parameter"),
        ])
    func refused(_ detection: String, _ code: String) throws {
        let client = try RealtimeSocketTests.client()
        let error = try #require(try client.ask(Self.update(detection)).first?["error"])
        #expect(error["code"]?.string == code)
        #expect(error["param"] == "session.audio.input.turn_detection.idle_timeout_ms")
    }

    @Test("A client cannot send the event of the timeout itself")
    func ownEvent() throws {
        let (client, wait) = try Self.waiting()
        let event = #"{"type":"idle_timeout","number":\#(wait.number)}"#
        #expect(try client.ask(event).first?["error"]?["code"] == "invalid_value")
    }
}
