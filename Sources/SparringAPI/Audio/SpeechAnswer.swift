import SparringJSON
package import SparringWire

extension SpeechRequest {
    /// Returns audio that lasts as long as it takes to read the text aloud, as one body or as events.
    package func answer(context: AnswerInput, ids: inout IDMint) -> Answer {
        let clip = AudioClip(tenths: (milliseconds + 99) / 100)
        let sound = clip.bytes(format)
        let type = Self.formats.first { $0.0 == format }?.1 ?? "application/octet-stream"
        var headers = StandardHeaders.fields(
            contentType: digest.isStream ? "text/event-stream; charset=utf-8" : type, context: context, ids: &ids,
            rateLimits: context.rateLimits, counter: traits.isOlder ? nil : model.counter)
        if traits.isOlder { headers.removeTokenLimits() }
        headers.append("x-sparring-sound", AudioClip.isAudible(format) ? "tone" : "silence")
        var answer = Answer(status: 200, headers: headers)
        answer.body = digest.isStream ? .events(events(sound)) : .whole(sound)
        answer.usage = usage
        return answer
    }

    private var usage: Usage {
        guard !traits.isOlder else {
            var usage = Usage()
            usage.characters = input.unicodeScalars.count
            return usage
        }
        var usage = Usage(input: promptTokens, output: outputTokens)
        usage.audioOutput = outputTokens
        return usage
    }

    /// The size of a piece of audio: a fifth of a second of plain samples, or as many bytes of a compressed format.
    private static let pieceBytes = AudioClip.block * 4

    /// The events. Like the events of a transcript, these events have no names, and no `[DONE]` follows them.
    private func events(_ sound: [UInt8]) -> [Event] {
        let places = stride(from: 0, to: sound.count, by: Self.pieceBytes)
        let tokens = max(1, outputTokens / max(1, (sound.count + Self.pieceBytes - 1) / Self.pieceBytes))
        var events = places.map { place in
            let piece = sound[place..<min(sound.count, place + Self.pieceBytes)]
            var json = JSONWriter(reserving: Self.pieceBytes * 2)
            json.object { json in
                json.member("type", "speech.audio.delta")
                json.member("audio", Base64.text(piece))
            }
            return Event(data: json.bytes, kind: .content(tokens: tokens))
        }
        let done: JSONValue = [
            "type": "speech.audio.done",
            "usage": [
                "input_tokens": .int(promptTokens), "output_tokens": .int(outputTokens),
                "total_tokens": .int(promptTokens + outputTokens),
            ],
        ]
        events.append(Event(data: done.serialized(), kind: .finish))
        return events
    }
}
