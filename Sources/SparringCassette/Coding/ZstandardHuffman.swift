/// A code for the literals of Zstandard (RFC 8878 §4.2).
struct ZstandardHuffman {
    private let longest: Int
    private let symbols: [UInt8]
    private let lengths: [UInt8]

    /// Reads the description of a code (§4.2.1).
    init(_ data: inout ArraySlice<UInt8>) throws(DamagedData) {
        let header = try Zstandard.integer(&data, 1)
        var weights: [Int]
        if header >= 128 {
            let count = header - 127
            let packed = try Zstandard.take(&data, (count + 1) / 2)
            weights = Array(packed.flatMap { [Int($0 >> 4), Int($0 & 15)] }.prefix(count))
        } else {
            weights = try Self.weights(try Zstandard.take(&data, header))
        }
        let sum = weights.reduce(0) { $0 + ($1 > 0 ? 1 << ($1 - 1) : 0) }
        guard sum > 0, weights.count < 256, weights.allSatisfy({ $0 <= 11 }) else { throw DamagedData() }
        longest = Int.bitWidth - sum.leadingZeroBitCount
        // The last weight is not written. The last weight is the number that makes the sum a power of two.
        let rest = 1 << longest - sum
        guard longest <= 11, rest & (rest - 1) == 0 else { throw DamagedData() }
        weights.append(rest.trailingZeroBitCount + 1)
        var (symbols, lengths): ([UInt8], [UInt8]) = ([], [])
        // Cells are assigned to the longest codes first.
        for weight in 1...longest {
            for (symbol, _) in weights.enumerated().filter({ $0.element == weight }) {
                symbols += repeatElement(UInt8(symbol), count: 1 << (weight - 1))
                lengths += repeatElement(UInt8(longest + 1 - weight), count: 1 << (weight - 1))
            }
        }
        guard symbols.count == 1 << longest else { throw DamagedData() }
        (self.symbols, self.lengths) = (symbols, lengths)
    }

    /// Reads compressed weights: two states alternate (§4.2.1.2).
    private static func weights(_ data: ArraySlice<UInt8>) throws(DamagedData) -> [Int] {
        var rest = data
        let table = try FSETable(&rest, longest: 6)
        var bits = try BackwardBits(rest)
        var states = [bits.read(table.accuracy), bits.read(table.accuracy)]
        var weights: [Int] = []
        while weights.count < 255 {
            let turn = weights.count & 1
            weights.append(table.symbol(states[turn]))
            states[turn] = table.next(states[turn], &bits)
            if bits.left < 0 { return weights + [table.symbol(states[1 - turn])] }
        }
        throw DamagedData()
    }

    func decoded(_ data: ArraySlice<UInt8>, count: Int) throws(DamagedData) -> [UInt8] {
        var bits = try BackwardBits(data)
        var result: [UInt8] = []
        result.reserveCapacity(count)
        var state = bits.read(longest)
        for _ in 0..<count {
            result.append(symbols[state])
            let length = Int(lengths[state])
            state = (state << length | bits.read(length)) & (1 << longest - 1)
        }
        // After the last symbol, the state consists of padding bits before the start.
        guard bits.left == -longest else { throw DamagedData() }
        return result
    }
}
