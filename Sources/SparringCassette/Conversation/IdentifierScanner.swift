/// Finds generated identifiers in a text (`call_Lrs3GTzmwTZ6H8Rd`, UUIDs, ULIDs, long hexadecimal numbers) and timestamps.
///
/// Recognizes identifiers only by their shape, and skips text that could be a name or a word. A character after a backslash does not start
/// an identifier, so that `\n` in JSON, or in JSON inside a text, does not hide an identifier.
struct IdentifierScanner {
    enum Kind: Hashable {
        /// An identifier, with the part that all identifiers of the same origin share: `call_`, `uuid`.
        case identifier(String)
        /// A timestamp as in RFC 3339, with `T` or a space before the time.
        case time
    }

    struct Found: Hashable {
        var range: Range<Int>
        var kind: Kind
    }

    private let bytes: ArraySlice<UInt8>

    static func find(in bytes: ArraySlice<UInt8>) -> [Found] { IdentifierScanner(bytes: bytes).found }

    private var found: [Found] {
        var found: [Found] = []
        var position = bytes.startIndex
        while position < bytes.endIndex {
            if let end = timeEnd(from: position) {
                found.append(Found(range: position..<end, kind: .time))
                position = end
            } else if let word = Self.word(in: bytes, from: &position), let kind = Self.kind(of: bytes[word]) {
                found.append(Found(range: word, kind: .identifier(kind)))
            }
        }
        return found
    }

    /// Reads letters, digits, `-` and `_` from `position` on. At any other character, the position advances by one, and the result is nil.
    static func word(in bytes: ArraySlice<UInt8>, from position: inout Int) -> Range<Int>? {
        guard isWord(bytes[position]) else {
            let isEscape = bytes[position] == UInt8(ascii: "\\")
            let isUnicode =
                isEscape && position + 1 < bytes.endIndex && bytes[position + 1] == UInt8(ascii: "u")
                && position + 5 < bytes.endIndex && bytes[(position + 2)...(position + 5)].allSatisfy(isHex)
            position = min(bytes.endIndex, position + (isUnicode ? 6 : isEscape ? 2 : 1))
            return nil
        }
        let start = position
        while position < bytes.endIndex, isWord(bytes[position]) { position += 1 }
        return start..<position
    }

    // MARK: Shapes

    /// Returns the kind of an identifier; nil for other words.
    static func kind(of word: ArraySlice<UInt8>) -> String? {
        guard (13...160).contains(word.count) else { return nil }
        if let kind = uuid(word) { return kind }
        let (digits, lower, upper) = (
            word.count { isDigit($0) }, word.count { $0 &- 0x61 < 26 }, word.count { $0 &- 0x41 < 26 }
        )
        guard digits > 1, lower + upper > 0 else { return nil }
        if word.count >= 24, word.allSatisfy(isHex) { return "hex\(word.count)" }
        if word.count == 26, lower == 0, digits + upper == 26, word[word.startIndex] &- 0x30 < 8 { return "ulid" }
        // The word has the default format of nanoid.
        if word.count == 21, lower > 0, upper > 0 { return "nanoid" }
        guard let separator = word.lastIndex(where: isSeparator), isLetter(word[word.startIndex]) else { return nil }
        let tail = word[(separator + 1)...]
        guard tail.count >= 12, tail.count(where: isDigit) > 1, tail.contains(where: isLetter) else { return nil }
        return String(decoding: word[...separator], as: UTF8.self)
    }

    /// Matches a UUID (RFC 9562 §4), optionally with a prefix and a separator.
    private static func uuid(_ word: ArraySlice<UInt8>) -> String? {
        guard word.count >= 36 else { return nil }
        let start = word.endIndex - 36
        guard start == word.startIndex || isSeparator(word[start - 1]) else { return nil }
        for (index, byte) in zip(0..., word[start...]) {
            guard [8, 13, 18, 23].contains(index) ? byte == UInt8(ascii: "-") : isHex(byte) else { return nil }
        }
        return String(decoding: word[..<start], as: UTF8.self) + "uuid"
    }

    /// Returns the end of a timestamp such as `2026-11-21T14:01:02.5+01:00`; the seconds and the zone are optional.
    private func timeEnd(from start: Int) -> Int? {
        let shape = "0000-00-00T00:00".utf8
        guard start + shape.count <= bytes.endIndex, start == bytes.startIndex || !Self.isWord(bytes[start - 1])
        else { return nil }
        for (wanted, byte) in zip(shape, bytes[start...]) {
            switch wanted {
            case UInt8(ascii: "0"): guard Self.isDigit(byte) else { return nil }
            case UInt8(ascii: "T"): guard byte == wanted || byte == 0x20 else { return nil }
            default: guard byte == wanted else { return nil }
            }
        }
        var end = start + shape.count
        while end < bytes.endIndex, Self.isDigit(bytes[end]) || bytes[end] == 0x3A || bytes[end] == 0x2E {
            // A full stop at the end of a sentence is not part of the time.
            if bytes[end] == 0x2E, end + 1 == bytes.endIndex || !Self.isDigit(bytes[end + 1]) { break }
            end += 1
        }
        if end < bytes.endIndex, bytes[end] == UInt8(ascii: "Z") { return end + 1 }
        let zone = bytes[end...].prefix(6)
        let hasZone =
            zone.count == 6 && (zone[end] == UInt8(ascii: "+") || zone[end] == UInt8(ascii: "-"))
            && zone[end + 3] == UInt8(ascii: ":")
            && [1, 2, 4, 5].allSatisfy { Self.isDigit(zone[end + $0]) }
        return hasZone ? end + 6 : end
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
    private static func isHex(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- 0x61 < 6 }
    private static func isSeparator(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") }
    static func isWord(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) || isSeparator(byte) }
}

/// The members in which the API has identifiers. The shape of the identifiers does not matter: other servers use ids such as `call_1`.
enum IdentifierPlace {
    private static let names: Set<String> = [
        "id", "call_id", "tool_call_id", "item_id", "response_id", "previous_response_id", "file_id", "file_ids",
        "batch_id", "input_file_id", "output_file_id", "error_file_id", "conversation", "conversation_id",
        "vector_store_ids", "container_id", "upload_id", "training_file", "validation_file",
    ]

    /// Members in which the author of the request can use any names.
    private static let foreign: Set<String> = [
        "metadata", "prompt", "parameters", "schema", "arguments", "input_schema",
    ]

    static func isOne(_ name: String) -> Bool { names.contains(name) }

    static func isForeign(_ name: String) -> Bool { foreign.contains(name) }

    static func isOne(_ place: [CassettePath.Component]) -> Bool {
        var last: String?
        for case .member(let name) in place {
            if isForeign(name) { return false }
            last = name
        }
        return last.map(isOne) ?? false
    }

    /// Returns the kind of an identifier in a member that has identifiers; nil for a plain word.
    static func kind(of text: ArraySlice<UInt8>) -> String? {
        if let kind = IdentifierScanner.kind(of: text) { return kind }
        guard (6...160).contains(text.count), text.allSatisfy(IdentifierScanner.isWord) else { return nil }
        let prefix = text.prefix { ($0 | 0x20) &- 0x61 < 26 }
        let hasSeparator = prefix.endIndex < text.endIndex && [0x2D, 0x5F].contains(text[prefix.endIndex])
        let isMixed = prefix.contains { $0 &- 0x41 < 26 } && prefix.contains { $0 &- 0x61 < 26 }
        guard prefix.count < text.count || isMixed else { return nil }
        return hasSeparator ? String(decoding: text[...prefix.endIndex], as: UTF8.self) : ""
    }
}
