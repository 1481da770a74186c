package import SparringExchange
package import SparringJSON
import SparringWire

/// The content of an answer: its text, its usage, its error, its events.
package struct ReadAnswer: Sendable {
    /// An event of a stream, and the time at which its last byte arrived.
    package struct Event: Sendable {
        package var at: Moment
        /// The lines of `data`, joined.
        package var data: String
        /// Nil if `data` is not JSON.
        package var json: JSONValue?

        package var content: String? { json?["choices"]?[0]?["delta"]?["content"]?.string }
    }

    package var events: [Event] = []
    package var text = ""
    package var usage: JSONValue?
    /// The object under `error` in an answer or in an event.
    package var error: JSONValue?
    package var isDone = false
    package var finishReason: String?

    package init(_ answer: GatewayAnswer) {
        guard answer.isEventStream else {
            let json = try? JSONValue.parse(String(decoding: answer.bytes, as: UTF8.self))
            text = json?["choices"]?[0]?["message"]?["content"]?.string ?? ""
            finishReason = json?["choices"]?[0]?["finish_reason"]?.string
            usage = json?["usage"].flatMap { $0.isNull ? nil : $0 }
            error = json?["error"].flatMap { $0.isNull ? nil : $0 }
            return
        }
        events = Self.events(answer.pieces)
        for event in events {
            if event.data == "[DONE]" { isDone = true }
            text += event.content ?? ""
            if let reason = event.json?["choices"]?[0]?["finish_reason"]?.string { finishReason = reason }
            if let found = event.json?["usage"], !found.isNull { usage = found }
            if let found = event.json?["error"], !found.isNull { error = found }
        }
    }

    /// The events with data. Lines end in LF, CR LF or CR. The comparison uses bytes, because a combining accent after the colon would
    /// become part of the same character.
    private static func events(_ pieces: [GatewayAnswer.Piece]) -> [Event] {
        var events: [Event] = []
        var line: [UInt8] = []
        var data: [String] = []
        var wasCarriageReturn = false
        var isFirstLine = true
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        func end(at moment: Moment) {
            defer { line.removeAll(keepingCapacity: true) }
            guard !line.isEmpty else {
                guard !data.isEmpty else { return }
                let text = data.joined(separator: "\n")
                events.append(Event(at: moment, data: text, json: try? JSONValue.parse(text)))
                data = []
                return
            }
            if isFirstLine, line.starts(with: byteOrderMark) { line.removeFirst(byteOrderMark.count) }
            isFirstLine = false
            let name = line.prefix { $0 != UInt8(ascii: ":") }
            guard name.elementsEqual("data".utf8) else { return }
            let value = line.dropFirst(name.count + 1)
            data.append(String(decoding: value.first == 0x20 ? value.dropFirst() : value, as: UTF8.self))
        }
        for piece in pieces {
            for byte in piece.bytes {
                switch byte {
                case 0x0A where wasCarriageReturn: break
                case 0x0A, 0x0D: end(at: piece.at)
                default: line.append(byte)
                }
                wasCarriageReturn = byte == 0x0D
            }
        }
        return events
    }

    /// Whether a client would treat the answer as complete.
    package func looksComplete(_ answer: GatewayAnswer) -> Bool {
        guard answer.ending == .complete, answer.status == 200, error == nil else { return false }
        return answer.isEventStream ? isDone || finishReason != nil : true
    }

    package var inputTokens: Int? { Self.count(usage?["prompt_tokens"]) }
    package var outputTokens: Int? { Self.count(usage?["completion_tokens"]) }
    package var cachedTokens: Int? { Self.count(usage?["prompt_tokens_details"]?["cached_tokens"]) }

    /// Nil for a number that is too large for a call. Sums of such numbers would overflow.
    private static func count(_ value: JSONValue?) -> Int? {
        value?.int.flatMap { (0...1_000_000_000).contains($0) ? $0 : nil }
    }
}

extension GatewayAnswer {
    /// The dollars in this header; nil if the value cannot be the cost of a call.
    package func cost(in header: String) -> Double? {
        head?.headers[header].flatMap { Double($0) }.flatMap { (0...1e6).contains($0) ? $0 : nil }
    }
}
