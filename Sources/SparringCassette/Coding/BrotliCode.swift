/// A prefix code of Brotli (RFC 7932 §3).
struct BrotliCode {
    /// The number of codes of each length.
    private var counts = [Int](repeating: 0, count: 16)
    /// The symbols, ordered by the length of their codes, then by value.
    private var symbols: [Int] = []

    /// Reads the description of a code.
    /// - Parameter alphabet: the number of symbols.
    init(_ bits: inout ForwardBits, alphabet: Int) throws(DamagedData) {
        let skipped = try bits.read(2)
        self.init(
            try skipped == 1 ? Self.simple(&bits, alphabet) : Self.complex(&bits, alphabet, skipped: skipped))
    }

    /// - Parameter lengths: the symbols that have a code, each with the length of its code. A single symbol has a code of zero bits.
    private init(_ lengths: [(symbol: Int, length: Int)]) {
        guard lengths.count > 1 else {
            symbols = lengths.map(\.symbol)
            return
        }
        for (_, length) in lengths { counts[length] += 1 }
        symbols = lengths.sorted { ($0.length, $0.symbol) < ($1.length, $1.symbol) }.map(\.symbol)
    }

    func symbol(_ bits: inout ForwardBits) throws(DamagedData) -> Int {
        guard symbols.count > 1 else { return symbols.first ?? 0 }
        var (code, first, index) = (0, 0, 0)
        for length in 1...15 {
            code |= try bits.read(1)
            let count = counts[length]
            if code - count < first { return symbols[index + code - first] }
            index += count
            first = (first + count) << 1
            code <<= 1
        }
        throw DamagedData()
    }

    /// Reads a simple code of up to four symbols (§3.4).
    private static func simple(
        _ bits: inout ForwardBits, _ alphabet: Int
    ) throws(DamagedData) -> [(symbol: Int, length: Int)] {
        let count = try bits.read(2) + 1
        let width = Int.bitWidth - (alphabet - 1).leadingZeroBitCount
        var symbols: [Int] = []
        for _ in 0..<count { symbols.append(try bits.read(width)) }
        guard symbols.allSatisfy({ $0 < alphabet }), Set(symbols).count == count else { throw DamagedData() }
        let lengths =
            switch count {
            case 1: [0]
            case 2: [1, 1]
            case 3: [1, 2, 2]
            default: try bits.read(1) == 0 ? [2, 2, 2, 2] : [1, 2, 3, 3]
            }
        return zip(symbols, lengths).map { ($0, $1) }
    }

    private static let order = [1, 2, 3, 4, 0, 5, 17, 6, 16, 7, 8, 9, 10, 11, 12, 13, 14, 15]
    /// For each value of the next four bits: a length in the code of lengths, and the number of bits that this length's code takes.
    private static let firstLengths = [0, 4, 3, 2, 0, 4, 3, 1, 0, 4, 3, 2, 0, 4, 3, 5]
    private static let firstWidths = [2, 2, 2, 3, 2, 2, 2, 4, 2, 2, 2, 3, 2, 2, 2, 4]

    /// Reads a complex code, whose lengths are written in another code (§3.5).
    private static func complex(
        _ bits: inout ForwardBits, _ alphabet: Int, skipped: Int
    ) throws(DamagedData) -> [(symbol: Int, length: Int)] {
        var (codes, space): ([(symbol: Int, length: Int)], Int) = ([], 32)
        for symbol in order[skipped...] where space > 0 {
            let next = bits.peek(4)
            try bits.skip(firstWidths[next])
            guard firstLengths[next] > 0 else { continue }
            codes.append((symbol, firstLengths[next]))
            space -= 32 >> firstLengths[next]
        }
        guard space == 0 || codes.count == 1 else { throw DamagedData() }
        let code = BrotliCode(codes)
        var lengths: [(symbol: Int, length: Int)] = []
        var (symbol, last, repeated, times) = (0, 8, -1, 0)
        space = 1 << 15
        while symbol < alphabet, space > 0 {
            let length = try code.symbol(&bits)
            if length < 16 {
                times = 0
                repeated = -1
                if length > 0 {
                    lengths.append((symbol, length))
                    last = length
                    space -= 1 << (15 - length)
                }
                symbol += 1
                continue
            }
            let width = length - 14
            let wanted = length == 16 ? last : 0
            if repeated != wanted { (repeated, times) = (wanted, 0) }
            let before = times
            if times > 0 { times = (times - 2) << width }
            times += try bits.read(width) + 3
            guard symbol + times - before <= alphabet else { throw DamagedData() }
            for _ in before..<times {
                if wanted > 0 {
                    lengths.append((symbol, wanted))
                    space -= 1 << (15 - wanted)
                }
                symbol += 1
            }
        }
        guard space == 0 else { throw DamagedData() }
        return lengths
    }

    /// Reads a number from 1 to 256 (§9.2, NBLTYPES).
    static func count(_ bits: inout ForwardBits) throws(DamagedData) -> Int {
        guard try bits.read(1) == 1 else { return 1 }
        let width = try bits.read(3)
        return try 1 + 1 << width + bits.read(width)
    }

    /// Reads a context map: the index of the code of each context (§7.3).
    static func map(_ bits: inout ForwardBits, size: Int, codes: Int) throws(DamagedData) -> [Int] {
        guard codes > 1 else { return Array(repeating: 0, count: size) }
        let longest = try bits.read(1) == 0 ? 0 : bits.read(4) + 1
        let code = try BrotliCode(&bits, alphabet: codes + longest)
        var map: [Int] = []
        while map.count < size {
            let symbol = try code.symbol(&bits)
            if symbol == 0 || symbol > longest {
                map.append(symbol == 0 ? 0 : symbol - longest)
            } else {
                map += repeatElement(0, count: 1 << symbol + (try bits.read(symbol)))
            }
        }
        guard map.count == size else { throw DamagedData() }
        guard try bits.read(1) == 1 else { return map }
        var recent = Array(0..<256)
        return map.map { index in
            let value = recent.remove(at: index)
            recent.insert(value, at: 0)
            return value
        }
    }
}
