import SparringJSON
import SparringTokens

/// A transcript in the format that was asked for.
struct TranscriptionWriter {
    let transcript: Transcript
    let request: TranscriptionRequest
    let outputTokens: Int

    init(_ transcript: Transcript, _ request: TranscriptionRequest) {
        self.transcript = transcript
        self.request = request
        outputTokens = request.model.counter.count(transcript.text)
    }

    func body() -> [UInt8] {
        switch request.format {
        case .text: Array("\(transcript.text)\n".utf8)
        case .srt: Array(Subtitles.srt(transcript.segments).utf8)
        case .vtt: Array(Subtitles.vtt(transcript.segments).utf8)
        case .json: json { plain(&$0) }
        case .verboseJSON: json { verbose(&$0) }
        case .diarizedJSON: json { diarized(&$0) }
        }
    }

    /// Recorded: no line feed behind it.
    private func json(_ members: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter(style: .pretty, reserving: transcript.text.utf8.count * 2 + 512)
        writer.object(members)
        return writer.bytes
    }

    private func plain(_ writer: inout JSONWriter) {
        writer.member("text", transcript.text)
        languages(&writer)
        if request.tellsLogprobs { writer.member("logprobs", logprobs(request.model.counter.pieces(transcript.text))) }
        // Recorded: a translation tells none.
        if request.task == .transcribe { writer.member("usage", usage) }
    }

    private func verbose(_ writer: inout JSONWriter) {
        writer.member("task", request.task.rawValue)
        // What is translated is translated into English.
        let language = request.task == .translate ? nil : request.language.flatMap(Language.name)
        writer.member("language", language ?? "english")
        writer.member("duration", Self.seconds(request.sound.milliseconds / 10))
        writer.member("text", transcript.text)
        let segments = transcript.segments
        if request.tellsSegments {
            writer.member(
                "segments", .array(segments.enumerated().map { WhisperSegment.json($1, number: $0, request) }))
        }
        if request.tellsWords {
            writer.member(
                "words",
                .array(
                    transcript.words.map { word in
                        [
                            "word": .string(word.text), "start": Self.seconds(word.start),
                            "end": Self.seconds(word.end),
                        ]
                    }))
        }
        if request.task == .transcribe { writer.member("usage", usage) }
    }

    private func diarized(_ writer: inout JSONWriter) {
        writer.member("task", request.task.rawValue)
        writer.member("duration", Self.seconds(request.sound.milliseconds / 10))
        writer.member("text", dialogue)
        writer.member("segments", .array(transcript.segments.indices.map(segment)))
        writer.member("usage", usage)
    }

    /// A line for each turn, with its speaker in front.
    private var dialogue: String {
        var lines: [(speaker: String, text: String)] = []
        for segment in transcript.segments {
            if lines.last?.speaker == segment.speaker {
                lines[lines.count - 1].text += " " + segment.text
            } else {
                lines.append((segment.speaker, segment.text))
            }
        }
        return lines.map { "\($0.speaker): \($0.text)" }.joined(separator: "\n")
    }

    static func segmentID(_ index: Int) -> String {
        let number = String(index + 1)
        return "seg_" + String(repeating: "0", count: max(0, 3 - number.utf8.count)) + number
    }

    func segment(_ index: Int) -> JSONValue {
        let segment = transcript.segments[index]
        return [
            "type": "transcript.text.segment", "id": .string(Self.segmentID(index)),
            "start": Self.seconds(segment.start), "end": Self.seconds(segment.end), "text": .string(segment.text),
            "speaker": .string(segment.speaker),
        ]
    }

    func languages(_ writer: inout JSONWriter) {
        guard request.traits.detectsLanguages else { return }
        writer.member("languages", [["code": .string(request.language ?? "en")]])
    }

    func logprobs(_ pieces: some Sequence<TokenPiece>) -> JSONValue {
        .array(
            pieces.flatMap(\.parts).map { token in
                [
                    "token": .string(ChatLogprobs.text(token)),
                    "logprob": .number(JSONNumber(ChatLogprobs.logprob(token))),
                    "bytes": .array(token.map { .int(Int($0)) }),
                ]
            })
    }

    var usage: JSONValue {
        guard !request.traits.isPaidByTime else {
            return ["type": "duration", "seconds": .int(request.sound.seconds)]
        }
        return [
            "type": "tokens", "input_tokens": .int(request.promptTokens),
            "input_token_details": [
                "text_tokens": .int(request.textTokens), "audio_tokens": .int(request.audioTokens),
            ],
            "output_tokens": .int(outputTokens), "total_tokens": .int(request.promptTokens + outputTokens),
        ]
    }

    /// - Parameter time: in hundredths.
    static func seconds(_ time: Int) -> JSONValue { .number(JSONNumber(Double(time) / 100)) }
}

/// A segment as the open model tells it, with what its decoder thought of it.
enum WhisperSegment {
    /// The token that stands for the start of a window; one more is a fiftieth of a second later.
    private static let firstTime = 50_364
    /// The model hears half a minute at a time.
    private static let window = 3000

    static func json(_ segment: Transcript.Segment, number: Int, _ request: TranscriptionRequest) -> JSONValue {
        let seek = segment.start / window * window
        let text = " " + segment.text
        return [
            "id": .int(number), "seek": .int(seek), "start": TranscriptionWriter.seconds(segment.start),
            "end": TranscriptionWriter.seconds(segment.end), "text": .string(text),
            "tokens": .array(
                ([firstTime + (segment.start - seek) / 2] + tokens(text, request)
                    + [firstTime + min(window, segment.end - seek) / 2]).map { .int($0) }),
            "temperature": .number(JSONNumber(0.0)), "avg_logprob": -0.25, "compression_ratio": 1.25,
            "no_speech_prob": 0.01,
        ]
    }

    /// The model's vocabulary is none of those that are here: numbers that its tokens could have, the same for the same piece.
    private static func tokens(_ text: String, _ request: TranscriptionRequest) -> [Int] {
        request.model.counter.pieces(text).map { piece in
            Int(piece.text.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 } % 50_257)
        }
    }
}

/// Segments as subtitles.
enum Subtitles {
    static func srt(_ segments: [Transcript.Segment]) -> String {
        segments.enumerated().map { number, segment in
            "\(number + 1)\n\(clock(segment.start, ",")) --> \(clock(segment.end, ","))\n\(segment.text)\n\n"
        }.joined() + "\n"
    }

    static func vtt(_ segments: [Transcript.Segment]) -> String {
        "WEBVTT\n\n"
            + segments.map { segment in
                "\(clock(segment.start, ".")) --> \(clock(segment.end, "."))\n\(segment.text)\n\n"
            }.joined()
    }

    /// `00:01:02,340`.
    private static func clock(_ time: Int, _ mark: String) -> String {
        func digits(_ value: Int, _ count: Int = 2) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
        }
        let seconds = time / 100
        return
            "\(digits(seconds / 3600)):\(digits(seconds / 60 % 60)):\(digits(seconds % 60))\(mark)\(digits(time % 100 * 10, 3))"
    }
}
