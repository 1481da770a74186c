import SparringJSON
import SparringTokens

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
