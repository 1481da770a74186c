/// Decompresses Brotli (RFC 7932).
struct Brotli {
    /// - Parameter limit: the maximum size of the result, in bytes.
    /// - Returns: nil for data that is damaged, cut off or larger than the limit.
    static func decoded(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
        var brotli = Brotli(bytes, limit: limit)
        do {
            try brotli.decode()
        } catch { return nil }
        return brotli.result
    }

    private var bits: ForwardBits
    private let end: Int
    private let limit: Int
    private var window = 0
    private var result: [UInt8] = []
    /// The last four distances, the most recent first.
    private var distances = [4, 11, 15, 16]

    private init(_ bytes: [UInt8], limit: Int) {
        bits = ForwardBits(bytes[...])
        end = bytes.count
        self.limit = limit
    }

    private mutating func decode() throws(DamagedData) {
        window = 1 << (try windowBits()) - 16
        var isLast = false
        while !isLast {
            isLast = try bits.read(1) == 1
            if isLast, try bits.read(1) == 1 { break }
            let nibbles = try bits.read(2) + 4
            guard nibbles < 7 else {
                try skip(isLast: isLast)
                continue
            }
            var length = 1
            for index in 0..<nibbles { length += try bits.read(4) << (4 * index) }
            guard result.count + length <= limit else { throw DamagedData() }
            if !isLast, try bits.read(1) == 1 {
                guard try bits.align() == 0 else { throw DamagedData() }
                result += try bits.take(length)
            } else {
                var block = try BrotliMetaBlock(&bits)
                try decode(&block, until: result.count + length)
            }
        }
        // Bytes after the end are an error, because they would not be searched for secrets.
        guard try bits.align() == 0, bits.position == end else { throw DamagedData() }
    }

    /// Reads the size of the window (§9.1).
    private mutating func windowBits() throws(DamagedData) -> Int {
        guard try bits.read(1) == 1 else { return 16 }
        let high = try bits.read(3)
        if high > 0 { return 17 + high }
        let low = try bits.read(3)
        guard low != 1 else { throw DamagedData() }
        return low == 0 ? 17 : 8 + low
    }

    /// Skips a meta-block of metadata.
    private mutating func skip(isLast: Bool) throws(DamagedData) {
        guard !isLast, try bits.read(1) == 0 else { throw DamagedData() }
        let width = try bits.read(2)
        let length = try width == 0 ? 0 : bits.read(8 * width) + 1
        guard try bits.align() == 0 else { throw DamagedData() }
        _ = try bits.take(length)
    }

    private mutating func decode(_ block: inout BrotliMetaBlock, until end: Int) throws(DamagedData) {
        while result.count < end {
            let command = try block.command(&bits)
            guard result.count + command.literals <= end else { throw DamagedData() }
            for _ in 0..<command.literals {
                let last = result.last ?? 0
                let before = result.count > 1 ? result[result.count - 2] : 0
                result.append(try block.literal(&bits, last, before))
            }
            guard result.count < end else { return }
            let code = try command.repeatsDistance ? 0 : block.distanceCode(&bits, copied: command.copied)
            let distance = try block.distance(code, distances, &bits)
            let farthest = min(window, result.count)
            if distance > farthest {
                result += try BrotliDictionary.word(distance - farthest - 1, length: command.copied)
            } else {
                guard distance > 0 else { throw DamagedData() }
                if code != 0 { distances = [distance] + distances[..<3] }
                let start = result.count - distance
                for index in start..<(start + command.copied) { result.append(result[index]) }
            }
            guard result.count <= end else { throw DamagedData() }
        }
    }
}

/// The header of a meta-block: its codes, and the code of each context (RFC 7932 §9.2).
struct BrotliMetaBlock {
    struct Command {
        var literals: Int
        var copied: Int
        /// Whether the command uses the last distance and has no code for a distance.
        var repeatsDistance: Bool
    }

    private var literals: BrotliBlocks
    private var commands: BrotliBlocks
    private var distances: BrotliBlocks
    private let postfix: Int
    private let direct: Int
    private var modes: [Int] = []
    private let literalMap: [Int]
    private let distanceMap: [Int]
    private var literalCodes: [BrotliCode] = []
    private var commandCodes: [BrotliCode] = []
    private var distanceCodes: [BrotliCode] = []

    private static let literalLengths = BrotliNumbers(
        first: 0, bits: [0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 12, 14, 24])
    private static let copyLengths = BrotliNumbers(
        first: 2, bits: [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 24])

    init(_ bits: inout ForwardBits) throws(DamagedData) {
        literals = try BrotliBlocks(&bits)
        commands = try BrotliBlocks(&bits)
        distances = try BrotliBlocks(&bits)
        postfix = try bits.read(2)
        direct = try bits.read(4) << postfix
        for _ in 0..<literals.types { modes.append(try bits.read(2)) }
        let literalCount = try BrotliCode.count(&bits)
        literalMap = try BrotliCode.map(&bits, size: literals.types * 64, codes: literalCount)
        let distanceCount = try BrotliCode.count(&bits)
        distanceMap = try BrotliCode.map(&bits, size: distances.types * 4, codes: distanceCount)
        for _ in 0..<literalCount { literalCodes.append(try BrotliCode(&bits, alphabet: 256)) }
        for _ in 0..<commands.types { commandCodes.append(try BrotliCode(&bits, alphabet: 704)) }
        let alphabet = 16 + direct + 48 << postfix
        for _ in 0..<distanceCount { distanceCodes.append(try BrotliCode(&bits, alphabet: alphabet)) }
        guard literalMap.allSatisfy({ $0 < literalCount }), distanceMap.allSatisfy({ $0 < distanceCount }) else {
            throw DamagedData()
        }
    }

    /// Reads an insert-and-copy command (§5).
    mutating func command(_ bits: inout ForwardBits) throws(DamagedData) -> Command {
        try commands.advance(&bits)
        guard commands.type < commandCodes.count else { throw DamagedData() }
        let symbol = try commandCodes[commands.type].symbol(&bits)
        let cell = symbol >> 6
        let literal = [0, 0, 0, 0, 8, 8, 0, 16, 8, 16, 16][cell] + symbol >> 3 & 7
        let copied = [0, 8, 0, 8, 0, 8, 16, 0, 16, 8, 16][cell] + symbol & 7
        return Command(
            literals: try Self.literalLengths.value(literal, &bits), copied: try Self.copyLengths.value(copied, &bits),
            repeatsDistance: symbol < 128)
    }

    mutating func literal(_ bits: inout ForwardBits, _ last: UInt8, _ before: UInt8) throws(DamagedData) -> UInt8 {
        try literals.advance(&bits)
        guard literals.type < modes.count else { throw DamagedData() }
        let context = BrotliContext.of(last, before, mode: modes[literals.type])
        return UInt8(try literalCodes[literalMap[64 * literals.type + context]].symbol(&bits))
    }

    mutating func distanceCode(_ bits: inout ForwardBits, copied: Int) throws(DamagedData) -> Int {
        try distances.advance(&bits)
        guard distances.type < distances.types else { throw DamagedData() }
        return try distanceCodes[distanceMap[4 * distances.type + min(copied, 5) - 2]].symbol(&bits)
    }

    /// Decodes a distance (§4).
    func distance(_ code: Int, _ last: [Int], _ bits: inout ForwardBits) throws(DamagedData) -> Int {
        switch code {
        case 0..<4: return last[code]
        case 4..<10: return last[0] + [-1, 1, -2, 2, -3, 3][code - 4]
        case 10..<16: return last[1] + [-1, 1, -2, 2, -3, 3][code - 10]
        case 16..<(16 + direct): return code - 15
        default:
            let rest = code - direct - 16
            let width = 1 + rest >> (postfix + 1)
            let offset = (2 + rest >> postfix & 1) << width - 4
            return (offset + (try bits.read(width))) << postfix + rest & (1 << postfix - 1) + direct + 1
        }
    }
}
