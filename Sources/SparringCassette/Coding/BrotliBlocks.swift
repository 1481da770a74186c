/// The blocks of one kind in a meta-block: literals, lengths or distances. Each block has a type and a length (RFC 7932
/// §6).
struct BrotliBlocks {
    let types: Int
    private(set) var type = 0
    private var previous = 1
    private var left: Int
    private var typeCode: BrotliCode?
    private var lengthCode: BrotliCode?

    private static let lengths = BrotliNumbers(
        first: 1, bits: [2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 7, 8, 9, 10, 11, 12, 13, 24])

    init(_ bits: inout ForwardBits) throws(DamagedData) {
        types = try BrotliCode.count(&bits)
        left = 1 << 24
        guard types > 1 else { return }
        typeCode = try BrotliCode(&bits, alphabet: types + 2)
        let lengthCode = try BrotliCode(&bits, alphabet: 26)
        self.lengthCode = lengthCode
        left = try Self.lengths.value(try lengthCode.symbol(&bits), &bits)
    }

    /// Advances by one symbol of the kind that these blocks have.
    mutating func advance(_ bits: inout ForwardBits) throws(DamagedData) {
        if left == 0 {
            guard let typeCode, let lengthCode else { throw DamagedData() }
            let symbol = try typeCode.symbol(&bits)
            let next = symbol == 0 ? previous : symbol == 1 ? (type + 1) % types : symbol - 2
            (previous, type) = (type, next)
            left = try Self.lengths.value(try lengthCode.symbol(&bits), &bits)
        }
        left -= 1
    }
}

/// Numbers that are written as a code and extra bits. The range of each code begins where the previous code's range ends.
struct BrotliNumbers: Sendable {
    private var codes: [(base: Int, bits: Int)] = []

    init(first: Int, bits: [Int]) {
        var base = first
        for width in bits {
            codes.append((base, width))
            base += 1 << width
        }
    }

    func value(_ code: Int, _ bits: inout ForwardBits) throws(DamagedData) -> Int {
        codes[code].base + (try bits.read(codes[code].bits))
    }
}

/// The context of a literal, which follows from the two bytes before the literal and selects the literal's code (RFC 7932 §7.1).
enum BrotliContext {
    /// - Parameters:
    ///   - mode: 0 for the lowest six bits of the last byte, 1 for its highest six bits, 2 for text, 3 for signed numbers.
    static func of(_ last: UInt8, _ before: UInt8, mode: Int) -> Int {
        switch mode {
        case 0: Int(last & 0x3F)
        case 1: Int(last >> 2)
        case 2: text(last) | kind(before)
        default: size(last) << 3 | size(before)
        }
    }

    private static func size(_ byte: UInt8) -> Int {
        switch byte {
        case 0: 0
        case 1..<16: 1
        case 16..<64: 2
        case 64..<128: 3
        case 128..<192: 4
        case 192..<240: 5
        case 240..<255: 6
        default: 7
        }
    }

    private static func kind(_ byte: UInt8) -> Int {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0xE0...0xFF: 2
        case 0x61...0x7A: 3
        case 0x21..<0x7F: 1
        default: 0
        }
    }

    private static func text(_ byte: UInt8) -> Int {
        switch byte {
        case 0x80..<0xC0: return Int(byte & 1)
        case 0xC0...0xFF: return 2 + Int(byte & 1)
        case 0x30...0x39: return 44
        case 0x41...0x5A, 0x61...0x7A:
            let isVowel = [0x41, 0x45, 0x49, 0x4F, 0x55].contains(byte & 0xDF)
            return (byte < 0x60 ? 48 : 56) + (isVowel ? 0 : 4)
        default: return marks[Int(byte)]
        }
    }

    /// The classes of control characters and punctuation: 4 for line ends and tabs, 8 for a space, and further multiples of 4. The table
    /// does not include letters and digits.
    private static let marks: [Int] = {
        var marks = [Int](repeating: 0, count: 128)
        for index in 0x20..<0x7F { marks[index] = 12 }
        let groups: [(Int, String)] = [
            (4, "\t\n\r"), (8, " "), (16, "\"'"), (20, "%"), (24, "({["), (28, ")]}"), (32, ",:;"), (36, "."),
            (40, "="),
        ]
        for (context, letters) in groups {
            for byte in letters.utf8 { marks[Int(byte)] = context }
        }
        // The format puts these three characters into the class of the brackets.
        (marks[0x28], marks[0x3C], marks[0x3E]) = (24, 24, 28)
        return marks
    }()
}
