import SparringJSON
import SparringTokens
import SparringWire

/// A response as events: numbered from 0 without gaps, one delta for each token, and no `[DONE]` at the end.
///
/// Order and keys are as recorded in April 2026: `type` first, then the others alphabetically.
struct ResponsesStream {
    private(set) var events: [Event] = []
    /// Draws the padding; nil for no padding.
    private var obfuscation: IDMint?

    init(_ snapshot: ResponsesSnapshot, obfuscation: IDMint?) {
        self.obfuscation = obfuscation
        let items = snapshot.output.items
        events.reserveCapacity(3 + items.reduce(0) { $0 + $1.pieces.count + 6 })

        if snapshot.request.isBackground {
            var queued = JSONWriter(reserving: 1024)
            snapshot.write(.queued, to: &queued)
            appendSnapshot("response.created", queued.bytes)
            appendSnapshot("response.queued", queued.bytes)
        }
        var begun = JSONWriter(reserving: 1024)
        snapshot.write(.inProgress, to: &begun)
        if !snapshot.request.isBackground { appendSnapshot("response.created", begun.bytes) }
        appendSnapshot("response.in_progress", begun.bytes)
        for (index, item) in items.enumerated() { append(item, at: index) }
        var ended = JSONWriter(reserving: 2048)
        snapshot.write(.ended, to: &ended)
        appendSnapshot("response.\(snapshot.word(.ended))", ended.bytes, kind: .finish)
    }

    private mutating func append(_ item: ResponsesOutput.Item, at index: Int) {
        appendItem("response.output_item.added", item, isBegun: true, at: index)
        switch item.kind {
        case .reasoning: break
        case .text: appendMessage(item, at: index, event: "response.output_text", hasLogprobs: true)
        case .refusal: appendMessage(item, at: index, event: "response.refusal", hasLogprobs: false)
        case .call(_, let name): appendArguments(item, name: name, at: index)
        case .scripted(let item): for move in item.moves { append(move, at: index) }
        }
        appendItem("response.output_item.done", item, isBegun: false, at: index)
    }

    private mutating func appendMessage(
        _ item: ResponsesOutput.Item,
        at index: Int,
        event: String,
        hasLogprobs: Bool
    ) {
        let text = item.text
        let logprobs = item.topLogprobs.map { JSONValue.array(ResponsesLogprobs.of(item.pieces, top: $0)) } ?? []
        appendPart("response.content_part.added", item, text: "", at: index)
        if hasLogprobs, let top = item.topLogprobs {
            for piece in item.pieces { appendDelta(piece, of: item, event: "\(event).delta", top: top, at: index) }
        } else {
            appendDeltas(item, event: "\(event).delta", isPart: true, hasLogprobs: hasLogprobs, at: index)
        }
        appendFrame("\(event).done") { writer, number in
            writer.member("content_index", 0)
            writer.member("item_id", item.id)
            if hasLogprobs { writer.member("logprobs", logprobs) }
            writer.member("output_index", index)
            if !hasLogprobs { writer.member("refusal", text) }
            writer.member("sequence_number", number)
            if hasLogprobs { writer.member("text", text) }
        }
        appendPart("response.content_part.done", item, text: text, at: index)
    }

    private mutating func appendArguments(_ item: ResponsesOutput.Item, name: String, at index: Int) {
        let event = "response.function_call_arguments"
        appendDeltas(item, event: "\(event).delta", isPart: false, hasLogprobs: false, at: index)
        appendFrame("\(event).done") { writer, number in
            writer.member("arguments", item.text)
            writer.member("item_id", item.id)
            writer.member("name", name)
            writer.member("output_index", index)
            writer.member("sequence_number", number)
        }
    }

    // MARK: Scripted items

    private mutating func append(_ move: ScriptedItem.Move, at index: Int) {
        switch move {
        case .event(let type, let members): appendSorted(type, members, at: index)
        case .deltas(let type, let pieces, let members, let top):
            for piece in pieces {
                var members = members.with("delta", .string(String(piece.text)))
                if let top { members["logprobs"] = .array(ResponsesLogprobs.of([piece], top: top)) }
                if Self.isPadded(type), let padding = drawObfuscation(besides: piece.text.utf8.count) {
                    members["obfuscation"] = .string(padding)
                }
                appendSorted(type, members, at: index, kind: .content(tokens: piece.tokens))
            }
        }
    }

    /// Appends an event with `type` first, then the other members alphabetically.
    private mutating func appendSorted(
        _ type: String, _ members: JSONObject, at index: Int, kind: Event.Kind = .frame
    ) {
        let members = members.with("output_index", .int(index)).with("sequence_number", .int(events.count))
        appendFrame(type, kind: kind) { writer, _ in
            for member in members.members.sorted(by: { $0.name < $1.name }) {
                writer.member(named: member.name, member.value)
            }
        }
    }

    private mutating func drawObfuscation(besides length: Int) -> String? {
        guard obfuscation != nil else { return nil }
        var data: [UInt8] = []
        appendObfuscation(besides: length, to: &data)
        // This returns the padding without the member's name and the surrounding quotes.
        return String(decoding: data.dropFirst(",\"obfuscation\":\"".utf8.count).dropLast(), as: UTF8.self)
    }

    // MARK: Frames

    private mutating func appendSnapshot(_ type: String, _ response: [UInt8], kind: Event.Kind = .frame) {
        appendFrame(type, kind: kind, reserving: response.count + 128) { writer, number in
            writer.member("response") { $0.raw(response) }
            writer.member("sequence_number", number)
        }
    }

    private mutating func appendItem(_ type: String, _ item: ResponsesOutput.Item, isBegun: Bool, at index: Int) {
        appendFrame(type) { writer, number in
            writer.member("item") { item.write(isBegun: isBegun, to: &$0) }
            writer.member("output_index", index)
            writer.member("sequence_number", number)
        }
    }

    private mutating func appendPart(_ type: String, _ item: ResponsesOutput.Item, text: String, at index: Int) {
        appendFrame(type) { writer, number in
            writer.member("content_index", 0)
            writer.member("item_id", item.id)
            writer.member("output_index", index)
            writer.member("part") { item.writePart(text, to: &$0) }
            writer.member("sequence_number", number)
        }
    }

    /// `number` is a parameter because some events have members after the number.
    private mutating func appendFrame(
        _ type: String,
        kind: Event.Kind = .frame,
        reserving capacity: Int = 512,
        _ members: (inout JSONWriter, Int) -> Void
    ) {
        var writer = JSONWriter(reserving: capacity)
        writer.object { writer in
            writer.member("type", type)
            members(&writer, events.count)
        }
        events.append(Event(name: type, data: writer.bytes, kind: kind))
    }

    // MARK: Deltas

    private mutating func appendDelta(
        _ piece: TokenPiece, of item: ResponsesOutput.Item, event: String, top: Int, at index: Int
    ) {
        var members: JSONObject = [
            "content_index": 0, "delta": .string(String(piece.text)), "item_id": .string(item.id),
            "logprobs": .array(ResponsesLogprobs.of([piece], top: top)),
        ]
        if let padding = drawObfuscation(besides: piece.text.utf8.count) { members["obfuscation"] = .string(padding) }
        appendSorted(event, members, at: index, kind: .content(tokens: piece.tokens))
    }

    /// The hot path: everything except text, padding and number is rendered once for all deltas of an item.
    private mutating func appendDeltas(
        _ item: ResponsesOutput.Item,
        event: String,
        isPart: Bool,
        hasLogprobs: Bool,
        at index: Int
    ) {
        let head = Array("{\"type\":\"\(event)\",\(isPart ? "\"content_index\":0," : "")\"delta\":\"".utf8)
        let middle = Array("\",\"item_id\":\"\(item.id)\"\(hasLogprobs ? ",\"logprobs\":[]" : "")".utf8)
        let tail = Array(",\"output_index\":\(index),\"sequence_number\":".utf8)
        let fixed = head.count + middle.count + tail.count + 48
        let isPadded = Self.isPadded(event)
        for piece in item.pieces {
            var data: [UInt8] = []
            data.reserveCapacity(fixed + piece.text.utf8.count)
            data.append(contentsOf: head)
            JSONEscaping.append(String(piece.text), to: &data)
            let length = data.count - head.count
            data.append(contentsOf: middle)
            if isPadded { appendObfuscation(besides: length, to: &data) }
            data.append(contentsOf: tail)
            Self.append(events.count, to: &data)
            data.append(UInt8(ascii: "}"))
            events.append(Event(name: event, data: data, kind: .content(tokens: piece.tokens)))
        }
    }

    /// Refusals are the only deltas without padding (recorded, October 2025).
    private static func isPadded(_ event: String) -> Bool { event != "response.refusal.delta" }

    /// Pads the delta with random letters and digits to a multiple of sixteen, so that the size of the delta reveals little of the text.
    private mutating func appendObfuscation(besides length: Int, to data: inout [UInt8]) {
        guard var mint = obfuscation else { return }
        data.append(contentsOf: ",\"obfuscation\":\"".utf8)
        let count = (16 - length % 16) % 16
        var draw: UInt64 = 0
        for index in 0..<count {
            if index % 10 == 0 { draw = mint.next() }
            data.append(Self.letters.utf8Start[Int(draw & 63)])
            draw >>= 6
        }
        data.append(UInt8(ascii: "\""))
        obfuscation = mint
    }

    private static func append(_ number: Int, to data: inout [UInt8]) {
        if number >= 10 { append(number / 10, to: &data) }
        data.append(UInt8(ascii: "0") + UInt8(number % 10))
    }

    /// Sixty-four characters, two of which occur twice, so that six bits select one character.
    private static let letters: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789Az"
}
