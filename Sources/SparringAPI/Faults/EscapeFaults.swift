import SparringJSON
import SparringWire

/// Characters that are written as escapes, or whose halves are sent in two events.
enum EscapeFaults {
    static let all = [asciiEscapes, splitSurrogates]

    static let asciiEscapes = PayloadFault(
        kind: FaultKind(
            "ascii_escapes", .payload, at: .betweenEvents, usually: .start,
            "writes all characters beyond ASCII as JSON escapes, in every event from here on, or in the body"),
        stream: { _, event in
            guard let data = escaped(event.data) else { return .pass }
            var edited = event
            edited.data = data
            return .instead([edited])
        }, isLasting: true,
        whole: { _, body in escaped(body) })

    static let splitSurrogates = PayloadFault(
        kind: FaultKind(
            "split_surrogates", .payload, at: .betweenEvents, usually: .start,
            "the next character beyond U+FFFF is split into two events, each with the escape of one half, as by "
                + "servers that count UTF-16 units"),
        stream: { _, event in
            guard case .content = event.kind, let halves = halves(of: event) else { return .pass }
            return .instead(halves)
        })

    /// The bytes with escapes; nil if all bytes are ASCII already.
    private static func escaped(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.contains(where: { $0 >= 0x80 }) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.unicodeScalars.flatMap { scalar -> [UInt8] in
            scalar.isASCII ? [UInt8(scalar.value)] : String(scalar).utf16.flatMap(escape)
        }
    }

    private static func escape(_ unit: UInt16) -> [UInt8] {
        let digits = String(unit, radix: 16)
        return Array(("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
    }

    /// A private-use character that stands for half of a character until the event is written, because a Swift string cannot contain
    /// halves.
    private static let mark = "\u{F8FF}"

    private static func halves(of event: Event) -> [Event]? {
        var found: Character?
        func cut(_ isFirst: Bool) -> Event? {
            event.editing { object in
                editText(of: &object) { text in
                    guard
                        let place = text.firstIndex(where: { $0.unicodeScalars.first.map { $0.value > 0xFFFF } == true }
                        )
                    else { return nil }
                    found = text[place]
                    return isFirst
                        ? text[..<place] + mark : mark + text[text.index(after: place)...]
                }
            }
        }
        guard var first = cut(true), var second = cut(false),
            let scalar = found?.unicodeScalars.first
        else { return nil }
        let units = Array(String(scalar).utf16)
        guard units.count == 2 else { return nil }
        first.data = replacingMark(in: first.data, by: escape(units[0]))
        second.data = replacingMark(in: second.data, by: escape(units[1]))
        return [first, second]
    }

    private static func replacingMark(in data: [UInt8], by bytes: [UInt8]) -> [UInt8] {
        let mark = Array(mark.utf8)
        guard let place = data.indices.first(where: { data[$0...].starts(with: mark) }) else { return data }
        return data[..<place] + bytes + data[(place + mark.count)...]
    }

    /// Changes the text of a chat chunk's delta or of a response's delta; returns false if the event has no such text.
    private static func editText(of object: inout JSONObject, _ change: (String) -> String?) -> Bool {
        if let delta = object["delta"]?.string {
            guard let text = change(delta) else { return false }
            object["delta"] = .string(text)
            return true
        }
        guard let content = object["choices"]?[0]?["delta"]?["content"]?.string, let text = change(content) else {
            return false
        }
        return FieldPath("choices.0.delta.content").set(.string(text), in: &object)
    }
}
