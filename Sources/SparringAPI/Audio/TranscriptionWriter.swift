import SparringJSON
import SparringTokens

/// Writes a transcript in the requested format.
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

    /// Recorded: the JSON has no trailing line feed.
    private func json(_ members: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter(style: .pretty, reserving: transcript.text.utf8.count * 2 + 512)
        writer.object(members)
        return writer.bytes
    }

    private func plain(_ writer: inout JSONWriter) {
        writer.member("text", transcript.text)
        languages(&writer)
        if request.tellsLogprobs { writer.member("logprobs", logprobs(request.model.counter.pieces(transcript.text))) }
        // Recorded: translations have no usage.
        if request.task == .transcribe { writer.member("usage", usage) }
    }

    private func verbose(_ writer: inout JSONWriter) {
        writer.member("task", request.task.rawValue)
        // Translations are always into English.
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

    /// The dialogue with one line for each turn, which starts with the speaker's name.
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

    /// - Parameter time: in hundredths of a second.
    static func seconds(_ time: Int) -> JSONValue { .number(JSONNumber(Double(time) / 100)) }
}
