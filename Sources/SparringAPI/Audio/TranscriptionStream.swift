import SparringJSON
import SparringTokens
import SparringWire

/// A transcript as events: a delta for each token, segments if speakers are distinguished, and the whole text at the
/// end. The events have no names, and there is no `[DONE]`.
///
/// Source: the streamed example of the official OpenAPI document.
struct TranscriptionStream {
    private let writer: TranscriptionWriter
    private var request: TranscriptionRequest { writer.request }

    init(_ writer: TranscriptionWriter) { self.writer = writer }

    func make() -> [Event] {
        request.format == .diarizedJSON ? segments() + [done()] : deltas(of: writer.transcript.text) + [done()]
    }

    private func deltas(of text: String, in segment: Int? = nil) -> [Event] {
        request.model.counter.pieces(text).map { piece in
            var json = JSONWriter(reserving: 128)
            json.object { json in
                json.member("type", "transcript.text.delta")
                json.member("delta", String(piece.text))
                if request.tellsLogprobs { json.member("logprobs", writer.logprobs([piece])) }
                if let segment { json.member("segment_id", TranscriptionWriter.segmentID(segment)) }
            }
            return Event(data: json.bytes, kind: .content(tokens: piece.tokens))
        }
    }

    private func segments() -> [Event] {
        writer.transcript.segments.indices.flatMap { index in
            deltas(of: writer.transcript.segments[index].text, in: index)
                + [Event(data: writer.segment(index).serialized())]
        }
    }

    private func done() -> Event {
        var json = JSONWriter(reserving: 512)
        json.object { json in
            json.member("type", "transcript.text.done")
            json.member("text", writer.transcript.text)
            writer.languages(&json)
            if request.tellsLogprobs {
                json.member("logprobs", writer.logprobs(request.model.counter.pieces(writer.transcript.text)))
            }
            // In the schema of the event, usage is always in tokens.
            if !request.traits.isPaidByTime { json.member("usage", writer.usage) }
        }
        return Event(data: json.bytes, kind: .finish)
    }
}
