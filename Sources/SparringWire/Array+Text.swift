/// Text for the wire, put together on bytes: `String` takes several times as long, and every answer has a head.
extension [UInt8] {
    /// The text as UTF-8; in one copy, where `append(contentsOf: text.utf8)` goes by way of a buffer.
    mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(contentsOf: $0) }
    }

    /// A number that is not negative, in decimal, with leading zeros up to `width` digits.
    mutating func append(decimal number: Int, width: Int = 1) {
        if number >= 10 || width > 1 { append(decimal: number / 10, width: width - 1) }
        append(UInt8(ascii: "0") + UInt8(number % 10))
    }
}
