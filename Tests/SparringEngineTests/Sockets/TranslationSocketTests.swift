import SparringAPI
import SparringExchange
import SparringJSON
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Translation sessions over a WebSocket")
struct TranslationSocketTests {
    static let target = "/v1/realtime/translations?model=gpt-realtime-translate"
    static let close = #"{"type":"session.close"}"#
    static let update =
        #"{"type":"session.update","session":{"audio":{"input":{"transcription":{"model":"gpt-realtime-whisper"}},"output":{"language":"fr"}}}}"#

    static func client(_ target: String = target, key: String = "sk-test") throws -> RealtimeClient {
        try RealtimeClient(SocketClient.engine(), target: target, headers: headers(key))
    }

    static func headers(_ key: String) -> HeaderFields {
        var headers = SocketClient.handshake
        headers["authorization"] = "Bearer \(key)"
        return headers
    }

    /// 24 kHz PCM: a square wave at 10 % of full scale, then silence.
    static func sound(speech: Int, silence: Int) -> [UInt8] {
        let loud = (0..<speech * 24).flatMap { index -> [UInt8] in index / 40 % 2 == 0 ? [0xCC, 0x0C] : [0x34, 0xF3] }
        return loud + [UInt8](repeating: 0, count: silence * 48)
    }

    static func append(_ audio: some Sequence<UInt8>) -> String {
        #"{"type":"session.input_audio_buffer.append","audio":"\#(Base64.text(Array(audio)))"}"#
    }

    @Test("The first message is session.created with the members of the reference")
    func created() throws {
        let event = try #require(try Self.client().opened.first)
        #expect(event["type"] == "session.created")
        #expect(event["session"]?.object?.names == ["id", "type", "expires_at", "model", "audio"])
        #expect(event["session"]?["type"] == "translation" && event["session"]?["model"] == "gpt-realtime-translate")
        #expect(event["session"]?["expires_at"]?.int == 1_795_232_605 + 3_600)
    }

    @Test("Each 200 ms of speech give a word and a tone, and silence gives nothing")
    func translates() throws {
        let client = try Self.client()
        let events = try client.ask(Self.append(Self.sound(speech: 400, silence: 400)))
        #expect(
            RealtimeSocketTests.types(events) == [
                "session.output_transcript.delta", "session.output_audio.delta", "session.output_transcript.delta",
                "session.output_audio.delta",
            ])
        #expect(events.map { $0["elapsed_ms"]?.int } == [200, 200, 400, 400])
        let audio = try #require(events[1]["delta"]?.string.flatMap { Base64.decode($0[...]) })
        #expect(audio.count == 9_600 && audio.contains { $0 != 0 })
        #expect(events[0]["delta"]?.string?.hasSuffix("-es") == true)
        #expect(events[2]["delta"]?.string?.hasPrefix(" ") == true)
    }

    @Test("The transcript of the source comes only with its setting, and the language can change")
    func updates() throws {
        let client = try Self.client()
        let updated = try client.ask(Self.update)
        #expect(updated.first?["type"] == "session.updated")
        #expect(updated.first?["session"]?["audio"]?["output"]?["language"] == "fr")
        let events = try client.ask(Self.append(Self.sound(speech: 200, silence: 0)))
        #expect(events.first?["type"] == "session.input_transcript.delta")
        let source = try #require(events.first?["delta"]?.string)
        #expect(events.count == 3 && events[1]["delta"] == .string(source + "-fr"))
    }

    @Test("Audio gives the same words, however it is cut into pieces", arguments: [1, 4_801, 9_600, 20_000])
    func pieces(size: Int) throws {
        let audio = Self.sound(speech: 100, silence: 100) + Self.sound(speech: 200, silence: 0)
        let whole = try Self.client().ask(Self.append(audio)).compactMap { $0["delta"]?.string }
        let client = try Self.client()
        var deltas = try client.ask(Self.append(audio.prefix(size))).compactMap { $0["delta"]?.string }
        deltas += try client.ask(Self.append(audio.dropFirst(size))).compactMap { $0["delta"]?.string }
        #expect(!whole.isEmpty && deltas == whole)
    }

    @Test("session.close gives the rest of the audio, session.closed and a Close frame with 1000")
    func closes() throws {
        let client = try Self.client()
        #expect(try client.ask(Self.append(Self.sound(speech: 150, silence: 0))).isEmpty)
        let script = client.client.send(Self.close).script
        var reader = SocketReader(from: .server, limit: 1 << 20)
        var types: [String] = []
        var code: UInt16?
        for input in reader.read(script.bytes) {
            switch input {
            case .text(let text): types += RealtimeSocketTests.types([try JSONValue.parse(text)])
            case .close(let close): code = close?.code
            default: Issue.record("\(input)")
            }
        }
        #expect(types == ["session.output_transcript.delta", "session.output_audio.delta", "session.closed"])
        #expect(code == 1000 && script.steps.last == .end(.fin))
    }

    @Test(
        "An invalid event gets an error, and the session goes on",
        arguments: [
            (#"{"type":"response.create"}"#, "type"),
            (#"{"type":"session.input_audio_buffer.append","audio":"!"}"#, "audio"),
            (#"{"type":"session.input_audio_buffer.append"}"#, "audio"),
            (#"{"type":"session.update","session":{"model":"other"}}"#, "session.model"),
            (
                #"{"type":"session.update","session":{"audio":{"input":{"transcription":{}}}}}"#,
                "session.audio.input.transcription.model"
            ),
        ])
    func errors(message: String, param: String) throws {
        let client = try Self.client()
        let events = try client.ask(message)
        #expect(events.first?["type"] == "error" && events.first?["error"]?["param"] == .string(param))
        #expect(try client.ask(Self.update).first?["type"] == "session.updated")
    }

    @Test("A client secret opens sessions of its own path with its settings, and no others")
    func secrets() throws {
        let engine = try SocketClient.engine()
        let body =
            #"{"session":{"model":"gpt-realtime-translate","audio":{"output":{"language":"de"}}}}"#
        let made = engine.respond(
            to: Request(
                method: "POST", target: "/v1/realtime/translations/client_secrets",
                headers: ["authorization": "Bearer sk-test", "content-type": "application/json"],
                body: Array(body.utf8)),
            connection: 1, now: Moment(nanoseconds: 0))
        let bytes = made.script.bytes
        let head = try #require(bytes.firstRange(of: Array("\r\n\r\n".utf8)))
        let secret = try JSONValue.parse(Array(bytes[head.upperBound...]))
        let key = try #require(secret["value"]?.string)
        #expect(secret["session"]?["audio"]?["output"]?["language"] == "de")
        let opened = try RealtimeClient(
            engine, target: "/v1/realtime/translations", headers: Self.headers(key)
        ).opened
        #expect(opened.first?["session"]?["audio"]?["output"]?["language"] == "de")
        #expect(SocketClient.open(engine, target: "/v1/realtime", headers: Self.headers(key)).socket == nil)
    }

    @Test(
        "A model that does not translate, and no model, end the socket with an error",
        arguments: ["/v1/realtime/translations?model=gpt-realtime", "/v1/realtime/translations"])
    func models(target: String) throws {
        let opening = SocketClient.open(try SocketClient.engine(), target: target)
        #expect(opening.exchange.decision.status == 101 && opening.socket == nil)
    }

    @Test("An invalid handshake of a translation session is refused as elsewhere")
    func refuses() throws {
        var headers = SocketClient.handshake
        headers["sec-websocket-version"] = "8"
        let opening = SocketClient.open(
            try SocketClient.engine(), target: "/v1/realtime/translations", headers: headers)
        #expect(opening.exchange.decision.status == 426)
    }
}
