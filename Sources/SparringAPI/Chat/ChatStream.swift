import SparringJSON
import SparringTokens
import SparringWire

/// A chat answer as chunks: role, one chunk for each token, finish, usage if requested, `[DONE]`.
///
/// The parts that all chunks share are rendered once.
struct ChatStream {
    private let completion: ChatCompletion
    private let request: ChatRequest
    /// Draws the padding; nil for no padding.
    private var padding: IDMint?
    /// The bytes of a chunk before the delta of choice 0 (`head`), and those after the delta (`tail`).
    private let head: [UInt8]
    private let tail: [UInt8]
    private var events: [Event] = []

    init(_ completion: ChatCompletion, _ request: ChatRequest, padding: IDMint?) {
        self.completion = completion
        self.request = request
        self.padding = padding
        var writer = JSONWriter(reserving: 256)
        writer.raw(#"{"id":"#)
        writer.string(completion.id)
        writer.raw(#","object":"chat.completion.chunk","created":\#(completion.created),"model":"#)
        writer.string(completion.model)
        writer.raw(#","service_tier":"\#(request.serviceTier)","system_fingerprint":"#)
        if let fingerprint = completion.fingerprint { writer.string(fingerprint) } else { writer.raw("null") }
        writer.raw(#","choices":["#)
        head = writer.bytes
        tail = Array((request.includesUsage ? #"],"usage":null"# : "]").utf8)
    }

    mutating func make() -> [Event] {
        let scripts = (0..<request.choices).map(deltas)
        events.reserveCapacity(scripts.reduce(3) { $0 + $1.count })
        // The chunks of several answers are interleaved, token by token.
        for position in 0..<(scripts.map(\.count).max() ?? 0) {
            for (index, script) in scripts.enumerated() where position < script.count {
                append(script[position], choice: index)
            }
        }
        if request.wantsModeration { appendModeration() }
        if request.includesUsage { appendUsage() }
        events.append(.done)
        return events
    }

    private struct Delta {
        var json: [UInt8]
        var kind: Event.Kind
        var finish: String?
        var logprobs: [UInt8]?
        var isAfterFinish = false
    }

    // MARK: Deltas

    private func deltas(of index: Int) -> [Delta] {
        let message = completion.message
        var deltas: [Delta] = []
        let single = message.calls.count == 1 && message.text == nil
        if single, let call = message.calls.first {
            let header = header(call, completion.callIDs[index][0], at: 0)
            deltas.append(frame(#"{"role":"assistant","content":null,\#(header),"refusal":null}"#))
        } else if message.calls.count > 1, message.text == nil {
            // Recorded from 2025 to 2026: the first delta has no `refusal` if several calls follow.
            deltas.append(frame(#"{"role":"assistant","content":null}"#))
        } else {
            let isEmpty = message.text == nil || message.audio != nil
            // Recorded in December 2025: an empty string announces the text or the refusal that follows.
            let refuses = isEmpty && message.refusal != nil
            deltas.append(
                frame(
                    #"{"role":"assistant","content":\#(isEmpty ? "null" : "\"\""),"refusal":\#(refuses ? "\"\"" : "null")}"#
                ))
        }
        if let audio = message.audio { return deltas + spoken(audio, message, completion.audioIDs[index]) }
        deltas += words(message.text, "content", isRefusal: false) + words(message.refusal, "refusal", isRefusal: true)
        for (position, call) in message.calls.enumerated() {
            if !single {
                deltas.append(frame("{\(header(call, completion.callIDs[index][position], at: position))}"))
            }
            let isLegacy = request.tools.isLegacy
            let opening =
                isLegacy
                ? #"{"function_call":{"arguments":""#
                : #"{"tool_calls":[{"index":\#(position),"\#(call.kind)":{"\#(call.argumentKey)":""#
            for piece in request.model.counter.pieces(call.arguments) {
                var json = Array(opening.utf8)
                JSONEscaping.append(String(piece.text), to: &json)
                json.append(contentsOf: (isLegacy ? "\"}}" : "\"}}]}").utf8)
                deltas.append(Delta(json: json, kind: .content(tokens: piece.tokens)))
            }
        }
        deltas.append(Delta(json: Array("{}".utf8), kind: .finish, finish: message.finish))
        return deltas
    }

    private func frame(_ json: String) -> Delta { Delta(json: Array(json.utf8), kind: .frame) }

    private func words(_ text: String?, _ key: String, isRefusal: Bool) -> [Delta] {
        guard let text else { return [] }
        let opening = Array("{\"\(key)\":\"".utf8)
        return request.model.counter.pieces(text).map { piece in
            var json = opening
            json.reserveCapacity(opening.count + piece.text.utf8.count + 8)
            JSONEscaping.append(String(piece.text), to: &json)
            json.append(0x22)
            json.append(0x7D)
            let logprobs = request.topLogprobs.map { ChatLogprobs.piece(piece, isRefusal: isRefusal, top: $0) }
            return Delta(json: json, kind: .content(tokens: piece.tokens), logprobs: logprobs)
        }
    }

    /// The first delta of a call: everything except its arguments.
    private func header(_ call: ToolCall, _ id: String, at index: Int) -> String {
        var bare = call
        bare.arguments = ""
        var writer = JSONWriter()
        if request.tools.isLegacy {
            bare.write(to: &writer)
            return #""function_call":"# + String(decoding: writer.bytes, as: UTF8.self)
        }
        writer.object { writer in
            writer.member("index", index)
            writer.member("id", id)
            writer.member("type", call.kind)
            writer.member(named: call.kind) { bare.write(to: &$0) }
        }
        return #""tool_calls":[\#(String(decoding: writer.bytes, as: UTF8.self))]"#
    }

    /// The audio deltas: first the id, then a tenth of a second of audio for each token of the transcript, and last the expiry. The expiry
    /// comes after the chunk with the finish reason; the chunk of the expiry has no finish reason.
    private func spoken(_ audio: AudioClip, _ message: ChatCompletion.Message, _ id: String) -> [Delta] {
        let sound = audio.pcm
        let length = AudioClip.block * 2
        var deltas = [frame(#"{"audio":{"id":"\#(id)"}}"#)]
        var spoken = 0
        for piece in request.model.counter.pieces(message.text ?? "") {
            var json = Array(#"{"audio":{"transcript":""#.utf8)
            JSONEscaping.append(String(piece.text), to: &json)
            json.append(contentsOf: #""}}"#.utf8)
            deltas.append(Delta(json: json, kind: .content(tokens: piece.tokens)))
            let end = min(spoken + piece.tokens * length, sound.count)
            let data = Base64.text(sound[spoken..<end])
            spoken = end
            deltas.append(frame(#"{"audio":{"data":"\#(data)"}}"#))
        }
        deltas.append(Delta(json: Array("{}".utf8), kind: .finish, finish: message.finish))
        var last = frame(#"{"audio":{"expires_at":\#(completion.audioExpiry)}}"#)
        last.isAfterFinish = true
        return deltas + [last]
    }

    // MARK: Chunks

    private mutating func append(_ delta: Delta, choice index: Int) {
        var data: [UInt8] = []
        data.reserveCapacity(head.count + delta.json.count + tail.count + 112)
        data.append(contentsOf: head)
        data.append(contentsOf: #"{"index":\#(index),"delta":"#.utf8)
        data.append(contentsOf: delta.json)
        if let logprobs = delta.logprobs {
            data.append(contentsOf: #","logprobs":"#.utf8)
            data.append(contentsOf: logprobs)
        } else if request.traits.namesLogprobs {
            data.append(contentsOf: #","logprobs":null"#.utf8)
        }
        if let finish = delta.finish {
            data.append(contentsOf: #","finish_reason":"\#(finish)"}"#.utf8)
        } else if delta.isAfterFinish {
            data.append(0x7D)
        } else {
            data.append(contentsOf: #","finish_reason":null}"#.utf8)
        }
        data.append(contentsOf: tail)
        close(&data)
        events.append(Event(data: data, kind: delta.kind))
    }

    private mutating func appendUsage() {
        var data = head
        data.append(contentsOf: #"],"usage":"#.utf8)
        var writer = JSONWriter()
        completion.usage.write(to: &writer)
        data.append(contentsOf: writer.bytes)
        close(&data)
        events.append(Event(data: data, kind: .frame))
    }

    private mutating func appendModeration() {
        var data = head
        data.append(contentsOf: tail)
        data.append(contentsOf: #","moderation":"#.utf8)
        var writer = JSONWriter()
        ChatModeration.write(to: &writer)
        data.append(contentsOf: writer.bytes)
        close(&data)
        events.append(Event(data: data, kind: .frame))
    }

    /// Closes a chunk with padding, which makes the chunk one byte longer than a multiple of sixteen, so that its size reveals less of the
    /// text.
    private mutating func close(_ data: inout [UInt8]) {
        if var mint = padding {
            let key = #","obfuscation":""#
            let rest = (data.count + key.utf8.count + 2) % 16
            data.append(contentsOf: key.utf8)
            data.append(contentsOf: mint.base62("", count: (17 - rest) % 16).utf8)
            data.append(0x22)
            padding = mint
        }
        data.append(0x7D)
    }
}
