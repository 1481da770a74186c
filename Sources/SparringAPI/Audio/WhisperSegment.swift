import SparringJSON
import SparringTokens

/// A segment of a Whisper transcript, with the statistics of its decoder.
enum WhisperSegment {
    /// The token for the start of a window; each following token stands for a time that is 0.02 s later.
    private static let firstTime = 50_364
    /// The model processes audio in windows of 30 s.
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

    /// The token numbers are invented, because the model's vocabulary is not available; the same piece of text gives the same numbers.
    private static func tokens(_ text: String, _ request: TranscriptionRequest) -> [Int] {
        request.model.counter.pieces(text).map { piece in
            Int(piece.text.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 } % 50_257)
        }
    }
}
