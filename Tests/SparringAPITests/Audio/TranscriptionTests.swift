import SparringJSON
import SparringWire
import Testing

@testable import SparringAPI

@Suite("Transcriptions and translations")
struct TranscriptionTests {
    /// The audio has a length of two and a half seconds.
    static let sound = Sound(filename: "a.wav", bytes: 9, hash: 7, format: .wav, milliseconds: 2500, isMeasured: true)

    static func check(
        _ fields: JSONObject, model: String = "whisper-1", sound: Sound? = sound,
        task: TranscriptionRequest.Task = .transcribe
    ) throws(APIError) -> TranscriptionRequest {
        var body = fields
        if body["model"] == nil { body["model"] = .string(model) }
        if body["file"] == nil, let sound { body["file"] = sound.json }
        return try TranscriptionRequest.check(.object(body), task: task, models: .builtIn)
    }

    private static func answer(
        _ fields: JSONObject, model: String = "whisper-1", task: TranscriptionRequest.Task = .transcribe,
        saying text: String = "One two. Three."
    ) throws -> Answer {
        let context = AnswerInput(created: 1)
        var ids = IDMint(seed: 1)
        return try check(fields, model: model, task: task).answer(saying: .text(text), context: context, ids: &ids)
    }

    private static func body(
        _ fields: JSONObject, model: String = "whisper-1", task: TranscriptionRequest.Task = .transcribe,
        saying text: String = "One two. Three."
    ) throws -> String {
        guard case .whole(let bytes) = try answer(fields, model: model, task: task, saying: text).body else {
            return ""
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Compares with the recorded body, which has another text.
    @Test("A transcription and a translation have the JSON layout of the API")
    func recorded() throws {
        #expect(
            try Self.body([:]) == """
                {
                  "text": "One two. Three.",
                  "usage": {
                    "type": "duration",
                    "seconds": 3
                  }
                }
                """)
        #expect(try Self.body([:], task: .translate) == "{\n  \"text\": \"One two. Three.\"\n}")
    }

    @Test(
        "A transcription is plain text in the formats text, srt and vtt",
        arguments: [
            ("text", "One two. Three.\n"),
            ("srt", "1\n00:00:00,000 --> 00:00:01,400\nOne two.\n\n2\n00:00:01,400 --> 00:00:02,500\nThree.\n\n\n"),
            ("vtt", "WEBVTT\n\n00:00:00.000 --> 00:00:01.400\nOne two.\n\n00:00:01.400 --> 00:00:02.500\nThree.\n\n"),
        ])
    func texts(format: String, expected: String) throws {
        let answer = try Self.answer(["response_format": .string(format)])
        #expect(answer.headers["content-type"] == "text/plain; charset=utf-8")
        #expect(answer.body == .whole(Array(expected.utf8)))
    }

    @Test(
        "A verbose transcription has segments, words or both, as requested",
        arguments: [([], true, false), (["word"], false, true), (["word", "segment"], true, true)])
    func granularities(names: [String], hasSegments: Bool, hasWords: Bool) throws {
        var fields: JSONObject = ["response_format": "verbose_json", "language": "de"]
        if !names.isEmpty { fields["timestamp_granularities"] = .strings(names) }
        let body = try JSONValue.parse(try Self.body(fields))
        #expect(body["task"] == "transcribe" && body["language"] == "german" && body["duration"]?.double == 2.5)
        #expect((body["segments"] != nil) == hasSegments)
        #expect((body["words"] != nil) == hasWords)
        if hasSegments {
            #expect(body["segments"]?.array?.compactMap { $0["text"]?.string } == [" One two.", " Three."])
            #expect(body["segments"]?[1]?["tokens"]?.array?.count ?? 0 >= 3)
        }
        if hasWords { #expect(body["words"]?[2]?["word"] == "Three") }
        let translated = try JSONValue.parse(try Self.body(fields, task: .translate))
        #expect(translated["task"] == "translate" && translated["language"] == "english")
    }

    @Test("A transcription counts tokens for a model priced by tokens, and seconds for whisper-1")
    func tokens() throws {
        let fields: JSONObject = ["prompt": "Names: Ada", "include": ["logprobs"]]
        let answer = try Self.answer(fields, model: "gpt-4o-transcribe")
        guard case .whole(let bytes) = answer.body else { return }
        let body = try JSONValue.parse(bytes)
        let usage = try #require(body["usage"])
        #expect(usage["type"] == "tokens" && usage["input_token_details"]?["audio_tokens"] == 25)
        let (input, output) = (usage["input_tokens"]?.int ?? 0, usage["output_tokens"]?.int ?? 0)
        #expect(input > 25 && output > 0 && usage["total_tokens"]?.int == input + output)
        #expect(answer.usage?.audioInput == 25 && answer.usage?.input == input && answer.usage?.output == output)
        let tokens = body["logprobs"]?.array?.compactMap { $0["token"]?.string }
        #expect(tokens?.joined() == "One two. Three.")
        let timed = try Self.answer([:]).usage
        #expect(timed?.milliseconds == 3000 && timed?.input == 0)
    }

    @Test("A diarized transcription names the speaker of each segment")
    func diarized() throws {
        let body = try JSONValue.parse(
            try Self.body(
                ["response_format": "diarized_json", "known_speaker_names": ["agent"]],
                model: "gpt-4o-transcribe-diarize", saying: "agent: Hello.\nA: Hi.\nA: Well?"))
        #expect(body["text"] == "agent: Hello.\nA: Hi. Well?")
        #expect(body["segments"]?.array?.compactMap { $0["speaker"]?.string } == ["agent", "A", "A"])
        #expect(body["segments"]?[0]?["id"] == "seg_001" && body["segments"]?[0]?["type"] == "transcript.text.segment")
        let context = AnswerInput(created: 1)
        var ids = IDMint(seed: 1)
        let own = try Self.check(["response_format": "diarized_json"], model: "gpt-4o-transcribe-diarize")
        guard case .whole(let bytes) = own.answer(saying: nil, context: context, ids: &ids).body else { return }
        #expect(try JSONValue.parse(bytes)["segments"]?[0]?["speaker"] == "A")
    }

    // MARK: Streams

    @Test("A streamed transcription arrives token by token, with the whole text at the end")
    func stream() throws {
        let answer = try Self.answer(["stream": "true", "include": ["logprobs"]], model: "gpt-4o-mini-transcribe")
        guard case .events(let events) = answer.body else {
            Issue.record("no stream")
            return
        }
        let data = try events.map { try JSONValue.parse($0.data) }
        #expect(data.dropLast().compactMap { $0["delta"]?.string }.joined() == "One two. Three.")
        #expect(data.dropLast().allSatisfy { $0["type"] == "transcript.text.delta" && $0["logprobs"] != nil })
        let last = try #require(data.last)
        #expect(last["type"] == "transcript.text.done" && last["text"] == "One two. Three.")
        #expect(last["usage"]?["type"] == "tokens")
        #expect(events.last?.kind == .finish && events.allSatisfy { $0.name == nil })
    }

    @Test("A streamed diarized transcription arrives segment by segment")
    func diarizedStream() throws {
        let answer = try Self.answer(
            ["stream": "true", "response_format": "diarized_json"], model: "gpt-4o-transcribe-diarize",
            saying: "A: One.\nB: Two.")
        guard case .events(let events) = answer.body else { return }
        let data = try events.map { try JSONValue.parse($0.data) }
        let types = data.compactMap { $0["type"]?.string }
        #expect(types.filter { $0 == "transcript.text.segment" }.count == 2)
        #expect(data.first?["segment_id"] == "seg_001")
        #expect(types.last == "transcript.text.done" && data.last?["text"] == "One. Two.")
    }

    @Test("A transcription by whisper-1 arrives whole although a stream was requested")
    func ignored() throws {
        #expect(try Self.body(["stream": "true"]).contains("One two."))
    }

    // MARK: Errors

    static let complaints: [(JSONObject, String, Int, String)] = [
        (["model": ""], "whisper-1", 400, "you must provide a model parameter"),
        (["model": "whisper-9"], "", 404, "The model `whisper-9` does not exist"),
        (["model": "gpt-4o"], "", 404, "The model `gpt-4o` does not exist"),
        (["response_format": "xml"], "whisper-1", 400, "'loc': ('body', 'response_format')"),
        (
            ["response_format": "verbose_json"], "gpt-4o-transcribe", 400,
            "response_format 'verbose_json' is not compatible with model 'gpt-4o-transcribe-api-ev3'. Use 'json' or 'text' instead."
        ),
        (["response_format": "diarized_json"], "whisper-1", 400, "is not compatible with model 'whisper-1-api-ev3'"),
        (["language": "german"], "whisper-1", 400, "Language parameter must be specified in ISO-639-1 format."),
        (["temperature": "2"], "whisper-1", 400, "Input should be less than or equal to 1"),
        (["temperature": "-1"], "whisper-1", 400, "Input should be greater than or equal to 0"),
        (["temperature": "warm"], "whisper-1", 400, "unable to parse string as a number"),
        (["timestamp_granularities": ["word"]], "whisper-1", 400, "needs response_format 'verbose_json'"),
        (["timestamp_granularities": ["letter"]], "whisper-1", 400, "Input should be 'word' or 'segment'"),
        (["include": ["logprobs"]], "whisper-1", 400, "include 'logprobs'"),
        (["stream": "perhaps"], "gpt-4o-transcribe", 400, "Input should be a valid boolean"),
        (["prompt": "x"], "gpt-4o-transcribe-diarize", 400, "'prompt' is not supported with this model"),
        (["file": "text"], "whisper-1", 400, "Expected UploadFile, received: <class 'str'>"),
    ]

    @Test("A transcription is rejected wherever the API rejects it", arguments: complaints)
    func refused(fields: JSONObject, model: String, status: Int, message: String) throws {
        let error = try #require(throws: APIError.self) { try Self.check(fields, model: model) }
        #expect(error.status == status)
        #expect(error.message.contains(message), "\(error.message)")
    }

    static let sounds: [(Sound?, String, String)] = [
        (
            nil, "whisper-1",
            "[{'type': 'missing', 'loc': ('body', 'file'), 'msg': 'Field required', 'input': {'model': 'whisper-1'}}]"
        ),
        (edited { $0.filename = "a.bin" }, "gpt-4o-transcribe", "Unsupported file format bin"),
        (edited { $0.filename = "noend" }, "whisper-1", "Invalid file format. Supported formats: ['flac', 'm4a',"),
        (edited { $0.format = nil }, "whisper-1", "Audio file might be corrupted or unsupported"),
        (edited { $0.milliseconds = 99 }, "whisper-1", "Audio file is too short. Minimum audio length is 0.1 seconds."),
        (
            edited { $0.milliseconds = 1_500_012 }, "gpt-4o-transcribe-diarize",
            "audio duration 1500.012 seconds is longer than 1400 seconds which is the maximum for this model"
        ),
        (edited { $0.milliseconds = 40_000 }, "gpt-4o-transcribe-diarize", "chunking_strategy is required"),
    ]

    private static func edited(_ change: (inout Sound) -> Void) -> Sound {
        var sound = sound
        change(&sound)
        return sound
    }

    @Test("A transcription is rejected for a missing, unreadable, too short or too long file", arguments: sounds)
    func files(sound: Sound?, model: String, message: String) throws {
        let error = try #require(throws: APIError.self) { try Self.check([:], model: model, sound: sound) }
        #expect(error.status == 400)
        #expect(error.message.contains(message), "\(error.message)")
    }

    @Test("A translation is rejected for a model other than whisper-1")
    func translation() throws {
        let error = try #require(throws: APIError.self) {
            try Self.check([:], model: "gpt-4o-transcribe", task: .translate)
        }
        #expect(error.status == 404)
    }
}
