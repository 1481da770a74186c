import SparringJSON
import SparringTokens
package import SparringWire

extension TranscriptionRequest {
    /// An invented transcript; a dialogue names its speakers.
    var heard: String {
        guard traits.diarizes else { return HeardText.text(of: sound) }
        let letters = ["A", "B"].dropFirst(speakers.count)
        return HeardText.text(of: sound, speakers: speakers + letters)
    }

    /// - Parameter content: the text of the answer; nil invents one.
    package func answer(saying content: Content?, context: AnswerInput, ids: inout IDMint) -> Answer {
        let script = if case .text(let text)? = content { text } else { heard }
        let transcript = Transcript(
            script, milliseconds: sound.milliseconds, diarizes: traits.diarizes, known: speakers)
        let writer = TranscriptionWriter(transcript, self)
        var answer = Answer(status: 200, headers: headers(context, &ids))
        answer.body = digest.isStream ? .events(TranscriptionStream(writer).make()) : .whole(writer.body())
        answer.usage = usage(output: writer.outputTokens)
        return answer
    }

    private func headers(_ context: AnswerInput, _ ids: inout IDMint) -> HeaderFields {
        let type =
            switch format {
            case _ where digest.isStream: "text/event-stream; charset=utf-8"
            case .json, .verboseJSON, .diarizedJSON: "application/json"
            case .text, .srt, .vtt: "text/plain; charset=utf-8"
            }
        var headers = StandardHeaders.fields(
            contentType: type, context: context, ids: &ids, rateLimits: context.rateLimits,
            counter: traits.isPaidByTime ? nil : model.counter)
        // Recorded: models priced per second report only request limits.
        if traits.isPaidByTime { headers.removeTokenLimits() }
        headers.append("x-sparring-sound", sound.isMeasured ? "measured" : "estimated")
        return headers
    }

    private func usage(output: Int) -> Usage {
        guard !traits.isPaidByTime else {
            var usage = Usage()
            usage.milliseconds = sound.seconds * 1000
            return usage
        }
        var usage = Usage(input: promptTokens, output: output)
        usage.audioInput = audioTokens
        return usage
    }
}

extension HeaderFields {
    mutating func removeTokenLimits() {
        for name in ["x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"] {
            self[name] = nil
        }
    }
}
