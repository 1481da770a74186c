package import SparringJSON
import SparringTokens
package import SparringWire

/// A response of a Realtime session: its events, and the items that it adds to the conversation. The response is whole,
/// or cut at the point where it was cancelled.
package struct RealtimeOutput: Sendable {
    package let id: String
    package private(set) var events: [Event] = []
    package private(set) var usage: Usage?
    /// The progress after each event.
    private var progress: [Progress] = []
    private let call: RealtimeCall
    private var writer: RealtimeEvents
    private var drafts: [Draft] = []
    private var outputTokens = 0
    private var outputAudio = 0
    private let ending: ResponsesEnding?

    /// How much of the response the client has received.
    private struct Progress {
        /// The number of added items, and the number of tokens of the last item that were sent.
        var items = 0
        var pieces = 0
        /// Whether the last item is open, and whether the part of the last item is open.
        var isPartOpen = false
        var isItemOpen = false
        /// Whether the conversation still waits for the end of the last item.
        var owesItem = false
    }

    /// An item before it is rendered as JSON.
    private struct Draft {
        enum Kind {
            case message
            case call(id: String, name: String)
        }

        let kind: Kind
        let id: String
        let pieces: [TokenPiece]
        /// False if the item is the last item of an incomplete response.
        var isWhole: Bool

        /// The status at the end of the response.
        var ending: String { isWhole ? "completed" : "incomplete" }
        var isMessage: Bool { if case .message = kind { true } else { false } }

        func text(_ count: Int? = nil) -> String { pieces.prefix(count ?? pieces.count).map(\.text).joined() }
    }

    init(_ content: Content, for call: RealtimeCall, context: AnswerInput, ids: inout IDMint) {
        self.call = call
        id = ids.base62("resp_", count: 21)
        writer = RealtimeEvents(ids: IDMint(seed: ids.next()))
        let isFull = Self.draft(content, call, &ids, into: &drafts, tokens: &outputTokens)
        ending = context.ending ?? (isFull ? .incomplete(reason: "max_output_tokens") : nil)
        if case .incomplete? = ending, let last = drafts.indices.last { drafts[last].isWhole = false }
        outputAudio = call.isAudio ? drafts.reduce(0) { $0 + ($1.isMessage ? $1.pieces.count * 4 : 0) } : 0
        if !hasFailed {
            var usage = Usage(input: call.promptTokens, output: outputTokens + outputAudio)
            usage.audioInput = call.audioTokens
            usage.audioOutput = outputAudio
            self.usage = usage
        }
        write(limits: context.rateLimits)
    }

    /// Makes the items, cut at the output limit.
    /// - Returns: whether the limit was reached.
    private static func draft(
        _ content: Content, _ call: RealtimeCall, _ ids: inout IDMint, into drafts: inout [Draft],
        tokens: inout Int
    ) -> Bool {
        var wanted: [(kind: Draft.Kind, text: String)] = []
        switch content {
        case .text(let text), .refusal(let text): wanted.append((.message, text))
        case .toolCalls(let calls, let text):
            if let text { wanted.append((.message, text)) }
            for call in calls {
                wanted.append((.call(id: ids.base62("call_", count: 16), name: call.name), call.arguments))
            }
        }
        for (kind, text) in wanted {
            let pieces = text.isEmpty ? [] : call.model.counter.pieces(text)
            let room = (call.outputLimit ?? .max) - tokens
            let count = pieces.reduce(0) { $0 + $1.tokens }
            let isWhole = count <= room
            let kept = isWhole ? pieces : Array(pieces.first(room))
            drafts.append(
                Draft(kind: kind, id: ids.base62("item_", count: 21), pieces: kept, isWhole: isWhole))
            tokens += min(count, room)
            if !isWhole { return true }
        }
        return false
    }

    var hasFailed: Bool { if case .failed = ending { true } else { false } }
}

// MARK: - Events

extension RealtimeOutput {
    private mutating func add(
        _ type: String, _ members: JSONObject, kind: Event.Kind = .frame, _ progress: Progress
    ) {
        writer.add(type, members, kind: kind)
        self.progress.append(progress)
    }

    private mutating func write(limits: RateLimitReading?) {
        var progress = Progress()
        add("response.created", ["response": response("in_progress", nil, output: [])], progress)
        if let limits {
            add("rate_limits.updated", ["rate_limits": Self.json(limits)], progress)
        }
        // A response that fails has no output.
        if !hasFailed { for index in drafts.indices { write(index, &progress) } }
        add("response.done", ["response": ended], kind: .finish, progress)
        events = writer.events
    }

    private mutating func write(_ index: Int, _ progress: inout Progress) {
        let draft = drafts[index]
        progress = Progress(items: index + 1, pieces: 0, isItemOpen: true)
        let begun = JSONValue.object(item(draft, "in_progress", pieces: nil))
        let place: JSONObject = ["response_id": .string(id), "output_index": .int(index)]
        add("response.output_item.added", place.with("item", begun), progress)
        if call.conversationID != nil {
            progress.owesItem = true
            add("conversation.item.added", linked(index, begun), progress)
        }
        var inner: JSONObject = ["response_id": .string(id), "item_id": .string(draft.id)]
        inner["output_index"] = .int(index)
        if draft.isMessage {
            inner["content_index"] = 0
            progress.isPartOpen = true
            add("response.content_part.added", inner.with("part", part(draft, pieces: nil)), progress)
        }
        for (number, piece) in draft.pieces.enumerated() { write(piece, number, of: draft, in: inner, &progress) }
        closePart(of: draft, draft.pieces.count, inner, &progress)
        close(index, draft.pieces.count, isWhole: draft.isWhole, &progress)
    }

    private mutating func write(
        _ piece: TokenPiece, _ number: Int, of draft: Draft, in inner: JSONObject, _ progress: inout Progress
    ) {
        progress.pieces = number + 1
        let delta = JSONValue.string(String(piece.text))
        let kind = Event.Kind.content(tokens: piece.tokens)
        switch draft.kind {
        case .call(let id, _):
            let members = inner.with("call_id", .string(id)).with("delta", delta)
            add("response.function_call_arguments.delta", members, kind: kind, progress)
        case .message where call.isAudio:
            add("response.output_audio_transcript.delta", inner.with("delta", delta), kind: kind, progress)
            let audio = Base64.text(RealtimeTone.audio(piece.text, call.format))
            add("response.output_audio.delta", inner.with("delta", .string(audio)), progress)
        case .message: add("response.output_text.delta", inner.with("delta", delta), kind: kind, progress)
        }
    }

    private mutating func closePart(of draft: Draft, _ count: Int, _ inner: JSONObject, _ progress: inout Progress) {
        let text = JSONValue.string(draft.text(count))
        switch draft.kind {
        case .call(let id, let name):
            let members = inner.with("call_id", .string(id)).with("name", .string(name)).with("arguments", text)
            add("response.function_call_arguments.done", members, progress)
            return
        case .message where call.isAudio:
            add("response.output_audio.done", inner, progress)
            add("response.output_audio_transcript.done", inner.with("transcript", text), progress)
        case .message: add("response.output_text.done", inner.with("text", text), progress)
        }
        progress.isPartOpen = false
        add("response.content_part.done", inner.with("part", part(draft, pieces: count)), progress)
    }

    private mutating func close(_ index: Int, _ count: Int, isWhole: Bool, _ progress: inout Progress) {
        let draft = drafts[index]
        let item = JSONValue.object(item(draft, isWhole ? "completed" : "incomplete", pieces: count))
        if progress.isItemOpen {
            progress.isItemOpen = false
            add(
                "response.output_item.done",
                ["response_id": .string(id), "output_index": .int(index), "item": item], progress)
        }
        guard progress.owesItem else { return }
        progress.owesItem = false
        add("conversation.item.done", linked(index, item), progress)
    }

    private func linked(_ index: Int, _ item: JSONValue) -> JSONObject {
        let previous = index == 0 ? call.previousID : drafts[index - 1].id
        return ["previous_item_id": .string(orNull: previous), "item": item]
    }

    private static func json(_ limits: RateLimitReading) -> JSONValue {
        func bucket(_ name: String, _ bucket: RateLimitReading.Bucket) -> JSONValue {
            let (seconds, attoseconds) = bucket.reset.components
            let milliseconds = Double(seconds) * 1000 + Double(attoseconds / 1_000_000_000_000_000)
            return [
                "name": .string(name), "limit": .int(bucket.limit), "remaining": .int(bucket.remaining),
                "reset_seconds": .number(JSONNumber(milliseconds / 1000)),
            ]
        }
        return [bucket("requests", limits.requests), bucket("tokens", limits.tokens)]
    }
}

// MARK: - Objects

extension RealtimeOutput {
    /// - Parameter pieces: the tokens so far; nil before the first.
    private func item(_ draft: Draft, _ status: String, pieces: Int?, hasAudio: Bool = false) -> JSONObject {
        var item: JSONObject = ["id": .string(draft.id), "object": "realtime.item"]
        switch draft.kind {
        case .message:
            item["type"] = "message"
            item["status"] = .string(status)
            item["role"] = "assistant"
            item["content"] = pieces.map { [part(draft, pieces: $0, isContent: true, hasAudio: hasAudio)] } ?? []
        case .call(let id, let name):
            item["type"] = "function_call"
            item["status"] = .string(status)
            item["name"] = .string(name)
            item["call_id"] = .string(id)
            item["arguments"] = .string(draft.text(pieces ?? 0))
        }
        return item
    }

    /// The only part of a message. If the part is shown as the content of an item, its type has the prefix `output_`.
    private func part(
        _ draft: Draft, pieces: Int?, isContent: Bool = false, hasAudio: Bool = false
    ) -> JSONValue {
        let text = JSONValue.string(draft.text(pieces ?? 0))
        let prefix = isContent ? "output_" : ""
        guard call.isAudio else { return ["type": .string("\(prefix)text"), "text": text] }
        var part: JSONObject = ["type": .string("\(prefix)audio"), "transcript": text]
        if hasAudio {
            let audio = draft.pieces.prefix(pieces ?? 0).flatMap { RealtimeTone.audio($0.text, call.format) }
            part["audio"] = .string(Base64.text(audio))
        }
        return .object(part)
    }

    private func response(_ status: String, _ details: JSONValue?, output: [JSONValue]) -> JSONValue {
        [
            "object": "realtime.response", "id": .string(id), "status": .string(status),
            "status_details": details ?? .null, "output": .array(output),
            "conversation_id": .string(orNull: call.conversationID),
            "output_modalities": [call.isAudio ? "audio" : "text"],
            "max_output_tokens": call.outputLimit.map { .int($0) } ?? "inf",
            "audio": ["output": ["format": call.format.json, "voice": call.voice]],
            "usage": status == "in_progress" || hasFailed ? .null : usageJSON, "metadata": call.metadata,
        ]
    }

    /// The response at its planned end.
    private var ended: JSONValue {
        let output = drafts.map { JSONValue.object(item($0, $0.ending, pieces: $0.pieces.count)) }
        switch ending {
        case nil: return response("completed", nil, output: output)
        case .incomplete(let reason):
            let details: JSONValue = ["type": "incomplete", "reason": .string(reason)]
            return response("incomplete", details, output: output)
        case .failed(let code, let message):
            let error: JSONValue = ["type": "server_error", "code": .string(code), "message": .string(message)]
            return response("failed", ["type": "failed", "error": error], output: [])
        }
    }

    private var usageJSON: JSONValue {
        [
            "total_tokens": .int(call.promptTokens + outputTokens + outputAudio),
            "input_tokens": .int(call.promptTokens), "output_tokens": .int(outputTokens + outputAudio),
            "input_token_details": [
                "text_tokens": .int(call.textTokens), "audio_tokens": .int(call.audioTokens), "image_tokens": 0,
                "cached_tokens": 0,
                "cached_tokens_details": ["text_tokens": 0, "audio_tokens": 0, "image_tokens": 0],
            ],
            "output_token_details": ["text_tokens": .int(outputTokens), "audio_tokens": .int(outputAudio)],
        ]
    }
}

// MARK: - The end

extension RealtimeOutput {
    /// True if the output belongs to the conversation.
    package var isOfConversation: Bool { call.conversationID != nil }
    package var speaks: Bool { call.isAudio && !hasFailed && drafts.contains(where: \.isMessage) }

    /// The reason of a response that speech of the user has stopped.
    package static let turnDetected = "turn_detected"

    /// The length of the whole response's audio; zero for text.
    var playback: Duration { drafts.reduce(.zero) { $0 + playback(of: $1, $1.pieces.count) } }

    /// - Parameter pieces: the tokens that the client receives.
    private func playback(of draft: Draft, _ pieces: Int) -> Duration {
        call.isAudio && draft.isMessage ? .milliseconds(pieces * RealtimeTone.milliseconds) : .zero
    }

    /// The items that a whole response leaves in the conversation, with their audio.
    package var items: [JSONObject] {
        hasFailed ? [] : drafts.map { item($0, $0.ending, pieces: $0.pieces.count, hasAudio: true) }
    }

    /// The events that end a cancelled response: they close the response's open item and part.
    /// - Parameters:
    ///   - count: the number of events that the client has received.
    ///   - reason: `client_cancelled` or `turnDetected`.
    /// - Returns: the events, the items that stay in the conversation, and the length of their audio; nil if the response
    ///   had already ended.
    package func cancelled(
        after count: Int, reason: String, ids: inout IDMint
    ) -> (events: [Event], items: [JSONObject], playback: Duration)? {
        guard count < progress.count else { return nil }
        var rest = self
        rest.writer = RealtimeEvents(ids: ids)
        var state = count > 0 ? progress[count - 1] : Progress()
        let begun = Array(drafts.prefix(state.items))
        let isOpen = state.isItemOpen
        if isOpen || state.owesItem, let draft = begun.last {
            let index = state.items - 1
            var inner: JSONObject = ["response_id": .string(id), "item_id": .string(draft.id)]
            inner["output_index"] = .int(index)
            if draft.isMessage { inner["content_index"] = 0 }
            if state.isPartOpen { rest.closePart(of: draft, state.pieces, inner, &state) }
            rest.close(index, state.pieces, isWhole: !isOpen, &state)
        }
        var items: [(shown: JSONValue, kept: JSONObject)] = []
        var playback = Duration.zero
        for (index, draft) in begun.enumerated() {
            let isCut = index == begun.count - 1 && isOpen
            let pieces = isCut ? state.pieces : draft.pieces.count
            let status = isCut ? "incomplete" : "completed"
            playback += self.playback(of: draft, pieces)
            items.append(
                (.object(item(draft, status, pieces: pieces)), item(draft, status, pieces: pieces, hasAudio: true)))
        }
        let details: JSONValue = ["type": "cancelled", "reason": .string(reason)]
        let done = rest.response("cancelled", details, output: items.map(\.shown))
        rest.add("response.done", ["response": done], kind: .finish, state)
        ids = rest.writer.ids
        return (rest.writer.events, items.map(\.kept), playback)
    }

    /// The events of a response that fails before it has any output, for example because of a rate limit.
    package static func failed(
        _ error: APIError, metadata: JSONValue, conversation: String?, ids: inout IDMint
    ) -> [Event] {
        let id = ids.base62("resp_", count: 21)
        func response(_ status: String, _ details: JSONValue) -> JSONObject {
            [
                "response": [
                    "object": "realtime.response", "id": .string(id), "status": .string(status),
                    "status_details": details, "output": [], "conversation_id": .string(orNull: conversation),
                    "usage": .null, "metadata": metadata,
                ]
            ]
        }
        var events = RealtimeEvents(ids: ids)
        events.add("response.created", response("in_progress", .null))
        let cause: JSONValue = [
            "type": .string(error.type), "code": .string(orNull: error.code), "message": .string(error.message),
        ]
        events.add("response.done", response("failed", ["type": "failed", "error": cause]), kind: .finish)
        ids = events.ids
        return events.events
    }
}
