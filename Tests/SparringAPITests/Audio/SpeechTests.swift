import SparringJSON
import SparringWire
import Testing

@testable import SparringAPI

@Suite("Speech requests")
struct SpeechTests {
    static func check(_ members: JSONObject) throws(APIError) -> SpeechRequest {
        var body: JSONObject = ["model": "gpt-4o-mini-tts", "input": "Fifteen letters", "voice": "alloy"]
        for member in members.members { body[member.name] = member.value == .null ? .none : member.value }
        return try SpeechRequest.check(.object(body), models: .builtIn)
    }

    private static func answer(_ members: JSONObject) throws -> Answer {
        let context = AnswerInput(created: 1)
        var ids = IDMint(seed: 1)
        return try check(members).answer(context: context, ids: &ids)
    }

    private static func bytes(_ members: JSONObject) throws -> [UInt8] {
        guard case .whole(let bytes) = try answer(members).body else { return [] }
        return bytes
    }

    @Test(
        "Generated speech is as long as its text and speed require",
        arguments: [
            ("Fifteen letters", 1.0, 1000), ("Fifteen letters", 2.0, 500), ("Fifteen letters", 0.25, 4000),
            (String(repeating: "x", count: 150), 1.0, 10_000), ("x", 4.0, 100),
        ])
    func length(input: String, speed: Double, milliseconds: Int) throws {
        let members: JSONObject = ["input": .string(input), "speed": .number(JSONNumber(speed))]
        for format in ["wav", "flac", "opus"] {
            var wanted = members
            wanted["response_format"] = .string(format)
            let sound = SoundReaderTests.sound(try Self.bytes(wanted))
            #expect(sound.isMeasured && sound.milliseconds == milliseconds)
        }
        var plain = members
        plain["response_format"] = "pcm"
        #expect(try Self.bytes(plain).count == milliseconds * 48)
    }

    @Test(
        "Generated speech has the content type of the requested format",
        arguments: [
            ("mp3", "audio/mpeg", "silence"), ("opus", "audio/opus", "silence"), ("aac", "audio/aac", "silence"),
            ("flac", "audio/flac", "tone"), ("wav", "audio/wav", "tone"), ("pcm", "audio/pcm", "tone"),
        ])
    func types(format: String, type: String, sound: String) throws {
        let answer = try Self.answer(["response_format": .string(format)])
        #expect(answer.headers["content-type"] == type)
        #expect(answer.headers["x-sparring-sound"] == sound)
        if format == "mp3" { #expect(answer.body == (try Self.answer([:]).body)) }
    }

    @Test("Streamed speech arrives in events that add up to the whole file")
    func events() throws {
        let answer = try Self.answer(["stream_format": "sse", "response_format": "wav"])
        guard case .events(let events) = answer.body else {
            Issue.record("no stream")
            return
        }
        let data = try events.map { try JSONValue.parse($0.data) }
        let sound = data.dropLast().flatMap { Base64.decode($0["audio"]?.string?[...] ?? "") ?? [] }
        #expect(sound == (try Self.bytes(["response_format": "wav"])))
        #expect(events.count > 4)
        let usage = try #require(data.last?["usage"])
        #expect(data.last?["type"] == "speech.audio.done" && usage["output_tokens"] == 20)
        #expect(answer.usage?.audioOutput == 20 && answer.usage?.input == usage["input_tokens"]?.int)
    }

    @Test("Speech of an older model is counted in characters")
    func characters() throws {
        let usage = try Self.answer(["model": "tts-1"]).usage
        #expect(usage?.characters == 15 && usage?.output == 0)
    }

    static let complaints: [(JSONObject, Int, String)] = [
        (["model": nil], 400, "you must provide a model parameter"),
        (["model": "whisper-1"], 404, "The model `whisper-1` does not exist"),
        (["input": nil], 400, "[{'type': 'missing', 'loc': ('body', 'input'), 'msg': 'Field required',"),
        (["input": ""], 400, "String should have at least 1 character"),
        (["input": 7], 400, "Input should be a valid string"),
        (
            ["input": .string(String(repeating: "x", count: 4097))], 400,
            "'msg': 'String should have at most 4096 characters'"
        ),
        (["voice": nil], 400, "'loc': ('body', 'voice')"),
        (
            ["voice": "fred", "model": "tts-1"], 400,
            "\"Input should be 'nova', 'shimmer', 'echo', 'onyx', 'fable', 'alloy', 'ash', 'sage' or 'coral'\""
        ),
        (["response_format": "midi"], 400, "Input should be 'mp3', 'opus', 'aac', 'flac', 'wav' or 'pcm'"),
        (["speed": 0.2], 400, "Input should be greater than or equal to 0.25"),
        (["speed": 5], 400, "Input should be less than or equal to 4"),
        (["speed": "fast"], 400, "Input should be a valid number"),
        (["stream_format": "sse", "model": "tts-1"], 400, "'stream_format' does not support 'sse' with this model"),
    ]

    @Test("A speech request is rejected wherever the API rejects it", arguments: complaints)
    func refused(members: JSONObject, status: Int, message: String) throws {
        let error = try #require(throws: APIError.self) { try Self.check(members) }
        #expect(error.status == status)
        #expect(error.message.contains(message), "\(error.message)")
    }

    @Test("A speech request may name a custom voice and have unknown parameters")
    func voices() throws {
        _ = try Self.check(["voice": ["id": "voice_1"], "mood": "calm"])
        _ = try Self.check(["voice": "marin"])
    }
}
