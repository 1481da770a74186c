/// Watches the raw bytes of a chunked body on their way to the decoder, and finds where it ends (RFC 9112 §7.1): the decoder
/// goes on with the next head in the same breath, and that head would go unmeasured. It judges nothing; bytes that are no
/// chunks are left to the decoder, which refuses them.
struct ChunkScanner {
    enum Finding: Hashable {
        /// All of these bytes belong to a body that goes on.
        case goesOn
        /// The body ends after this many of these bytes.
        case ends(after: Int)
    }

    private enum State {
        /// In the line with a size, so far; the line may go on with an extension.
        case size(Int, digits: Int, isOver: Bool)
        /// Bytes of data to come, and of the line end behind it.
        case data(Int)
        /// In the trailer section.
        case trailer(isLineEmpty: Bool)
        case ended
        /// The decoder knows better.
        case lost
    }

    private var state = State.size(0, digits: 0, isOver: false)
    /// The length of the current line with a size, or of the whole trailer section: what a client can send without end.
    private(set) var framing = 0

    mutating func scan(_ bytes: UnsafeRawBufferPointer) -> Finding {
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
        // Sixteen digits fill an integer; no body comes near it.
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
