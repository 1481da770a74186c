import SparringAPI
import SparringExchange
import SparringJSON
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Audio of a Realtime session")
struct RealtimeAudioTests {
    /// PCM with a square wave where the text has `#`, and silence elsewhere. Each letter is 100 ms.
    static func append(_ text: String) -> String {
        let samples = text.flatMap { letter in
            (0..<2_400).map { letter == "#" ? ($0 / 30).isMultiple(of: 2) ? Int16(8_000) : -8_000 : 0 }
        }
        let audio = Base64.text(RealtimeFormat.pcm.bytes(samples))
        return #"{"type":"input_audio_buffer.append","audio":"\#(audio)"}"#
    }

    private static func update(_ input: String) -> String {
        #"{"type":"session.update","session":{"type":"realtime","output_modalities":["text"],"audio":{"input":\#(input)}}}"#
    }

    private static let turn = [
        "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped", "input_audio_buffer.committed",
        "conversation.item.added", "conversation.item.done",
    ]

    @Test("Turn detection finds speech, commits it and starts a response")
    func detection() throws {
        let client = try RealtimeSocketTests.client("schema: 1\nscenario: v\nrules:\n  - text: Yes?\n")
        _ = try client.ask(Self.update("{}"))
        #expect(try client.ask(Self.append("..")) == [])
        let events = try client.ask(Self.append("....###..."))
        let types = RealtimeSocketTests.types(events)
        #expect(Array(types.prefix(5)) == Self.turn)
        #expect(types.last == "response.done")
        #expect(events[0]["audio_start_ms"] == 300)
        #expect(events[1]["audio_end_ms"] == 900)
        #expect(events[0]["item_id"] == events[3]["item"]?["id"])
        let item = try #require(events[3]["item"]?["id"]?.string)
        let kept = try client.ask(#"{"type":"conversation.item.retrieve","item_id":"\#(item)"}"#)
        let audio = try #require(kept.first?["item"]?["content"]?[0]?["audio"]?.string)
        #expect(Base64.decode(audio[...])?.count == 600 * 48)
    }

    /// The events that result from the audio of the text, and the audio of the resulting item, if the client sends the audio in pieces of
    /// this size.
    private static func heard(_ text: String, bytes: Int, commits: Bool) throws -> (types: [String], audio: String) {
        let client = try RealtimeSocketTests.client("schema: 1\nscenario: v\notherwise: auto\n")
        _ = try client.ask(update(commits ? #"{"turn_detection":null}"# : "{}"))
        let whole = try #require(try JSONValue.parse(Array(append(text).utf8))["audio"]?.string)
        let audio = try #require(Base64.decode(whole[...]))
        var events: [JSONValue] = []
        for start in stride(from: 0, to: audio.count, by: bytes) {
            let piece = Base64.text(Array(audio[start..<min(start + bytes, audio.count)]))
            events += try client.ask(#"{"type":"input_audio_buffer.append","audio":"\#(piece)"}"#)
        }
        if commits { events += try client.ask(#"{"type":"input_audio_buffer.commit"}"#) }
        let added = events.first { $0["type"] == "conversation.item.added" }
        let item = try #require(added?["item"]?["id"]?.string)
        let kept = try client.ask(#"{"type":"conversation.item.retrieve","item_id":"\#(item)"}"#)
        let types = RealtimeSocketTests.types(events).filter { $0.hasPrefix("input_audio_buffer") }
        return (types, kept.first?["item"]?["content"]?[0]?["audio"]?.string ?? "")
    }

    @Test("Audio is heard in the same way in pieces that end inside a sample", arguments: [333, 4_801, 9_599])
    func pieces(bytes: Int) throws {
        for commits in [false, true] {
            let text = "..........###....."
            let whole = try Self.heard(text, bytes: 1 << 20, commits: commits)
            let cut = try Self.heard(text, bytes: bytes, commits: commits)
            #expect(cut.types == whole.types && !cut.types.isEmpty)
            #expect(cut.audio == whole.audio && !cut.audio.isEmpty)
        }
    }

    @Test("A commit takes whole samples, and the next piece begins a new one")
    func halfSample() throws {
        let client = try RealtimeSocketTests.client("schema: 1\nscenario: v\notherwise: auto\n")
        _ = try client.ask(Self.update(#"{"turn_detection":null}"#))
        let piece = Base64.text([UInt8](repeating: 7, count: 4_801))
        for _ in 1...2 {
            _ = try client.ask(#"{"type":"input_audio_buffer.append","audio":"\#(piece)"}"#)
            let events = try client.ask(#"{"type":"input_audio_buffer.commit"}"#)
            let added = events.first { $0["type"] == "conversation.item.added" }
            let item = try #require(added?["item"]?["id"]?.string)
            let kept = try client.ask(#"{"type":"conversation.item.retrieve","item_id":"\#(item)"}"#)
            let audio = try #require(kept.first?["item"]?["content"]?[0]?["audio"]?.string)
            #expect(Base64.decode(audio[...])?.count == 4_800)
        }
    }

    @Test("A rule scripts the transcript of the user's audio, and rules for responses match it")
    func transcript() throws {
        let client = try RealtimeSocketTests.client(
            """
            schema: 1
            scenario: v
            rules:
              - when: { event: transcription }
                steps: [{ text: What time is it? }]
              - when: { event: response.create, last.user: { contains: time } }
                steps: [{ text: Noon. }]
            """)
        _ = try client.ask(Self.update(#"{"transcription":{"model":"gpt-4o-transcribe"}}"#))
        let events = try client.ask(Self.append("###..."))
        let done = try #require(
            events.first { $0["type"] == "conversation.item.input_audio_transcription.completed" })
        #expect(done["transcript"] == "What time is it?")
        #expect(done["item_id"] == events[0]["item_id"])
        #expect(events.last?["response"]?["output"]?[0]?["content"]?[0]?["text"] == "Noon.")
    }

    @Test("A scripted error makes a transcription fail")
    func failedTranscript() throws {
        let client = try RealtimeSocketTests.client(
            """
            schema: 1
            scenario: v
            rules:
              - when: { event: transcription }
                steps: [{ error: server_error }]
            otherwise: auto
            """)
        _ = try client.ask(Self.update(#"{"turn_detection":null,"transcription":{"model":"whisper-1"}}"#))
        _ = try client.ask(Self.append("###"))
        let events = try client.ask(#"{"type":"input_audio_buffer.commit"}"#)
        #expect(
            RealtimeSocketTests.types(events) == Self.turn.dropFirst(2) + [
                "conversation.item.input_audio_transcription.failed"
            ])
    }

    @Test("Speech of the user stops the response that is being sent")
    func interruption() throws {
        let client = try RealtimeSocketTests.client(
            "schema: 1\nscenario: v\nrules:\n  - text: one two three\n    times: forever\n")
        _ = try client.ask(Self.update("{}"))
        let (turn, running) = client.begin(RealtimeSocketTests.textResponse)
        let sent = try #require(SocketFrame.ends(ofMessagesIn: running.script.bytes).dropFirst(5).first)
        let heard = client.client.socket.turn(of: Array(Self.append("###").utf8), isText: true)
        let started = client.client.socket.answer(to: heard, connection: 1, now: Moment(nanoseconds: 0))
        #expect(
            RealtimeSocketTests.types(try SocketClient.messages(started)) == ["input_audio_buffer.speech_started"])
        let stop = try #require(client.client.socket.followUps().first)
        #expect(stop.stops == "response")
        client.client.socket.stopped(turn, sent: sent)
        client.client.socket.ended(turn)
        let rest = try SocketClient.messages(
            client.client.socket.answer(to: stop, connection: 1, now: Moment(nanoseconds: 0)))
        #expect(rest.last?["response"]?["status_details"]?["reason"] == "turn_detected")
    }

    @Test("A client without turn detection commits and clears the buffer itself")
    func manual() throws {
        let client = try RealtimeSocketTests.client()
        _ = try client.ask(Self.update(#"{"turn_detection":null}"#))
        let empty = try client.ask(#"{"type":"input_audio_buffer.commit"}"#)
        #expect(empty.first?["error"]?["code"] == "input_audio_buffer_commit_empty")
        #expect(try client.ask(Self.append("##")) == [])
        #expect(
            RealtimeSocketTests.types(try client.ask(#"{"type":"input_audio_buffer.clear"}"#)) == [
                "input_audio_buffer.cleared"
            ])
        _ = try client.ask(Self.append("##"))
        let events = try client.ask(#"{"type":"input_audio_buffer.commit"}"#)
        #expect(RealtimeSocketTests.types(events) == Array(Self.turn.dropFirst(2)))
    }

    @Test("Truncation cuts the audio of a spoken answer and removes its transcript")
    func truncation() throws {
        let client = try RealtimeSocketTests.client("schema: 1\nscenario: v\nrules:\n  - text: one two three\n")
        let events = try client.ask(#"{"type":"response.create"}"#)
        let item = try #require(events.last?["response"]?["output"]?[0]?["id"]?.string)
        func truncate(_ end: Int) throws -> JSONValue? {
            try client.ask(
                #"{"type":"conversation.item.truncate","item_id":"\#(item)","content_index":0,"audio_end_ms":\#(end)}"#
            ).first
        }
        #expect(try truncate(60_000)?["type"] == "error")
        #expect(try truncate(250)?["type"] == "conversation.item.truncated")
        let kept = try client.ask(#"{"type":"conversation.item.retrieve","item_id":"\#(item)"}"#)
        let part = try #require(kept.first?["item"]?["content"]?[0])
        #expect(part["transcript"] == nil)
        #expect(part["audio"]?.string.flatMap { Base64.decode($0[...]) }?.count == 250 * 48)
    }

    @Test("A transcription session transcribes speech, and has no responses")
    func transcriptionSession() throws {
        let client = try RealtimeClient(
            SocketClient.engine(), target: "/v1/realtime?intent=transcription", headers: SocketClient.handshake)
        #expect(client.opened.first?["session"]?["type"] == "transcription")
        let events = try client.ask(Self.append("###..."))
        #expect(RealtimeSocketTests.types(events).last == "conversation.item.input_audio_transcription.completed")
        #expect(!RealtimeSocketTests.types(events).contains("response.created"))
        #expect(try client.ask(#"{"type":"response.create"}"#).first?["type"] == "error")
    }
}
