/// Finds secrets in the output of programs: request heads in the log of an HTTP library, settings, environment variables.
struct OutputSecrets {
    private let bytes: UnsafeBufferPointer<UInt8>

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// Calls `body` with the value after a secret's name. The value of `api-key: …` goes up to the end of the line, that of
    /// `OPENAI_API_KEY=…` up to a blank, and those of `'api-key': '…'` and `(b'api-key', b'…')` up to the quote.
    func forEach(_ body: (Range<Int>) -> Void) {
        var position = 0
        while position < bytes.count {
            guard isNameByte(bytes[position]) else {
                position += 1
                continue
            }
            var end = position
            while end < bytes.count, isNameByte(bytes[end]) { end += 1 }
            defer { position = end }
            guard SecretName.matches(bytes[position..<end]), let value = value(after: end) else { continue }
            body(value)
            end = max(end, value.upperBound)
        }
    }

    private func value(after name: Int) -> Range<Int>? {
        var position = name
        let isQuoted = byte(position) == Self.single || byte(position) == Self.double
        if isQuoted { position += 1 }
        while byte(position) == 0x20 { position += 1 }
        guard let sign = byte(position),
            sign == UInt8(ascii: ":") || sign == UInt8(ascii: "=")
                || isQuoted && sign == UInt8(ascii: ",")
        else { return nil }
        position += 1
        while byte(position) == 0x20 || byte(position) == UInt8(ascii: "[") { position += 1 }
        if byte(position) == UInt8(ascii: "b"), isQuote(byte(position + 1)) { position += 1 }
        let quote = byte(position).flatMap { isQuote($0) ? $0 : nil }
        let start = quote == nil ? position : position + 1
        var end = start
        while let next = byte(end), next != 0x0A, next != 0x0D, next != quote,
            quote != nil || sign == UInt8(ascii: ":") || next != 0x20
        { end += 1 }
        return start < end ? start..<end : nil
    }

    private static let single = UInt8(ascii: "'")
    private static let double = UInt8(ascii: "\"")

    private func isQuote(_ byte: UInt8?) -> Bool { byte == Self.single || byte == Self.double }

    private func byte(_ index: Int) -> UInt8? { index < bytes.count ? bytes[index] : nil }

    private func isNameByte(_ byte: UInt8) -> Bool {
        Redaction.isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
}
