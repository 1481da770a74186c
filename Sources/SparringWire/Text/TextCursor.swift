/// Writes text into memory of known size: each piece is copied once, without checks of capacity and unique ownership. Every answer has a
/// head, and `String` and `Array` would take several times as long to write it.
struct TextCursor {
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(_ buffer: UnsafeMutableBufferPointer<UInt8>) { self.buffer = buffer }

    mutating func put(_ text: String) {
        guard text.utf8.withContiguousStorageIfAvailable({ put($0) }) == nil else { return }
        var text = text
        text.withUTF8 { put($0) }
    }

    /// Writes a non-negative number in decimal, with leading zeros up to `width` digits.
    mutating func put(decimal number: Int, width: Int = 1) {
        if number >= 10 || width > 1 { put(decimal: number / 10, width: width - 1) }
        precondition(count < buffer.count, "more text than was announced")
        buffer.initializeElement(at: count, to: UInt8(ascii: "0") + UInt8(number % 10))
        count += 1
    }

    /// Writes two bytes, such as a separator.
    mutating func put(_ first: UInt8, _ second: UInt8) {
        precondition(buffer.count - count >= 2, "more text than was announced")
        buffer.initializeElement(at: count, to: first)
        buffer.initializeElement(at: count + 1, to: second)
        count += 2
    }

    private mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let source = bytes.baseAddress, let target = buffer.baseAddress else { return }
        precondition(bytes.count <= buffer.count - count, "more text than was announced")
        (target + count).initialize(from: source, count: bytes.count)
        count += bytes.count
    }
}

extension [UInt8] {
    /// - Parameter size: the maximum number of bytes to be written.
    mutating func append(atMost size: Int, _ write: (inout TextCursor) -> Void) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: size) { buffer in
            var cursor = TextCursor(buffer)
            write(&cursor)
            append(contentsOf: UnsafeBufferPointer(rebasing: buffer[..<cursor.count]))
        }
    }
}
