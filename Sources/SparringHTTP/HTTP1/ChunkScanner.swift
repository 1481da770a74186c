/// Scans the raw bytes of a chunked body in front of the decoder, and finds its end (RFC 9112 §7.1). Without it the
/// decoder would go on with the next head in the same call, and the length of that head would not be measured. It
/// validates nothing: bytes that are not chunks are left to the decoder, which rejects them.
package struct ChunkScanner {
    package enum Finding: Hashable {
        /// All scanned bytes belong to a body that continues.
        case goesOn
        /// The body ends after this many of the scanned bytes.
        case ends(after: Int)
    }

    private enum State {
        /// In the line with a chunk's size. The line may continue with an extension.
        case size(Int, digits: Int, isOver: Bool)
        /// The number of bytes that are still expected: data, and the line end after it.
        case data(Int)
        /// In the trailer section.
        case trailer(isLineEmpty: Bool)
        case ended
        /// The bytes are not a chunk, so the decoder decides.
        case lost
    }

    private var state = State.size(0, digits: 0, isOver: false)
    /// The length so far of the current size line, or of the whole trailer section, which a client could send without end.
    private(set) var framing = 0

    package init() {}

    package mutating func scan(_ bytes: UnsafeRawBufferPointer) -> Finding {
        var index = 0
        while index < bytes.count {
            switch state {
            case .data(let left):
                let step = min(left, bytes.count - index)
                index += step
                state = step == left ? .size(0, digits: 0, isOver: false) : .data(left - step)
            case .size(let size, let digits, let isOver):
                state = after(bytes[index], size: size, digits: digits, isOver: isOver)
                index += 1
            case .trailer(let isLineEmpty):
                framing += 1
                let byte = bytes[index]
                index += 1
                if byte == 0x0A, isLineEmpty {
                    state = .ended
                    return .ends(after: index)
                }
                state = .trailer(isLineEmpty: byte == 0x0A || isLineEmpty && byte == 0x0D)
            case .ended, .lost: return .goesOn
            }
        }
        return .goesOn
    }

    private mutating func after(_ byte: UInt8, size: Int, digits: Int, isOver: Bool) -> State {
        framing += 1
        if byte == 0x0A {
            framing = 0
            guard digits > 0 else { return .lost }
            return size == 0 ? .trailer(isLineEmpty: true) : .data(size + 2)
        }
        guard !isOver, let digit = Self.value(ofHex: byte) else { return .size(size, digits: digits, isOver: true) }
        // Fifteen digits fit into an integer, and no body is that long.
        guard digits < 15 else { return .lost }
        return .size(size << 4 | digit, digits: digits + 1, isOver: false)
    }

    private static func value(ofHex byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte) - 0x30
        case 0x41...0x46: Int(byte) - 0x41 + 10
        case 0x61...0x66: Int(byte) - 0x61 + 10
        default: nil
        }
    }
}
