package import SparringJSON
import SparringTokens
package import SparringWire

/// The transcription of a user's audio in a Realtime session. A rule that names the event `transcription` scripts the text of the
/// transcription.
package struct RealtimeTranscription: Sendable {
    package var model: ModelInfo
    let item: String
    private let sound: Sound

    /// - Parameter model: the model in `audio.input.transcription`.
    package init?(_ item: String, in conversation: RealtimeConversation, _ format: RealtimeFormat, model: ModelInfo) {
        guard let audio = conversation[item]?["content"]?[0]?["audio"]?.string.flatMap({ Base64.decode($0[...]) })
        else { return nil }
        self.item = item
        self.model = model
        var hash = FNV1a()
        hash.add(audio)
        sound = Sound(
            bytes: audio.count, hash: hash.value, format: nil,
            milliseconds: audio.count / format.bytesPerMillisecond, isMeasured: true)
    }
}

extension RealtimeTranscription: CheckedCall {
    /// Always throws: a transcription is made from the audio of a socket.
    package static func check(
        _ endpoint: Endpoint, _ body: JSONValue, models: ModelTable, memory: ResponsesMemory
    ) throws(APIError) -> RealtimeTranscription {
        throw .realtimeUnsupported("a Realtime transcription needs a WebSocket", param: "type")
    }

    package var digest: CallDigest { CallDigest(isStream: true) }
    /// A token for each tenth of a second.
    package var promptTokens: Int { max(1, sound.milliseconds / 100) }
    package var estimatedTokens: Int { promptTokens }
    package static var speaks: Bool { true }
    /// This is nil, because the words are invented from the audio.
    package var content: Content? { nil }
    package var obstacle: String? { nil }
    package var asDocumented: (any CheckedCall)? { nil }

    package func objection(to content: Content?, reasoning: Int, ending: ResponsesEnding?) -> String? {
        if case .toolCalls? = content { return "a transcription calls no tools; script a `text`" }
        return Self.objection(toReasoning: reasoning)
    }

    package static func exampleModel(for endpoint: Endpoint) -> String { "gpt-4o-transcribe" }

    package static func admitted(_ id: String, to endpoint: Endpoint, from models: ModelTable) -> ModelInfo {
        ModelInfo(id: id, kind: .transcription, contextWindow: 16_000, maximumOutput: 2_000)
    }

    package func render(saying content: Content?, context: AnswerInput, ids: inout IDMint) -> Rendered {
        let text = if case .text(let text)? = content { text } else { HeardText.text(of: sound) }
        let pieces = text.isEmpty ? [] : model.counter.pieces(text)
        let place: JSONObject = ["item_id": .string(item), "content_index": 0]
        let name = "conversation.item.input_audio_transcription"
        var answer = Answer(status: 200, headers: ["x-request-id": ids.hex("req_", count: 32)])
        var events = RealtimeEvents(ids: ids)
        // Whisper transcribes the whole audio at once, so its transcriptions have no deltas.
        if !isWhisper {
            for piece in pieces {
                let members = place.with("delta", .string(String(piece.text)))
                events.add("\(name).delta", members, kind: .content(tokens: piece.tokens))
            }
        }
        let tokens = pieces.reduce(0) { $0 + $1.tokens }
        events.add(
            "\(name).completed", place.with("transcript", .string(text)).with("usage", usage(tokens)), kind: .finish)
        ids = events.ids
        answer.body = .events(events.events)
        answer.usage = Usage(input: promptTokens, output: tokens)
        answer.usage?.audioInput = promptTokens
        return Rendered(answer, effects: [.hear(item: item, text: text)])
    }

    private var isWhisper: Bool { model.id.hasPrefix("whisper") }

    private func usage(_ output: Int) -> JSONValue {
        if isWhisper {
            return ["type": "duration", "seconds": .number(JSONNumber(Double(sound.milliseconds) / 1000))]
        }
        return [
            "type": "tokens", "total_tokens": .int(promptTokens + output), "input_tokens": .int(promptTokens),
            "input_token_details": ["text_tokens": 0, "audio_tokens": .int(promptTokens)],
            "output_tokens": .int(output),
        ]
    }
}

extension APIError {
    /// The event of a transcription that has failed.
    package func transcriptionFailure(of item: String, ids: inout IDMint) -> Event {
        var events = RealtimeEvents(ids: ids)
        events.add(
            "conversation.item.input_audio_transcription.failed",
            [
                "item_id": .string(item), "content_index": 0,
                "error": [
                    "type": .string(type), "code": .string(orNull: code), "message": .string(message),
                    "param": .string(orNull: param),
                ],
            ], kind: .error)
        ids = events.ids
        return events.events[0]
    }
}
