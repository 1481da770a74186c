/// A table of finite state entropy coding (RFC 8878 §4.1).
struct FSETable {
    private struct Cell {
        var symbol = 0
        var bits = 0
        var base = 0
    }

    /// The size of a state, in bits.
    let accuracy: Int
    private var cells: [Cell]

    /// Reads the description of a table (§4.1.1).
    init(_ data: inout ArraySlice<UInt8>, longest: Int) throws(DamagedData) {
        var bits = ForwardBits(data)
        let accuracy = try bits.read(4) + 5
        guard accuracy <= longest else { throw DamagedData() }
        var (left, shares): (Int, [Int]) = (1 << accuracy, [])
        while left > 0, shares.count < 256 {
            let width = Int.bitWidth - (left + 1).leadingZeroBitCount
            let threshold = 1 << width - 1 - (left + 1)
            let low = bits.peek(width) & (1 << (width - 1) - 1)
            var share = bits.peek(width)
            if low < threshold {
                share = low
                try bits.skip(width - 1)
            } else {
                if share >= 1 << (width - 1) { share -= threshold }
                try bits.skip(width)
            }
            shares.append(share - 1)
            left -= abs(share - 1)
            guard share == 1 else { continue }
            var zeros = 3
            while zeros == 3 {
                zeros = try bits.read(2)
                shares += repeatElement(0, count: zeros)
            }
        }
        guard left == 0, shares.count <= 256 else { throw DamagedData() }
        _ = try bits.align()
        data = data[bits.position...]
        try self.init(shares, accuracy: accuracy)
    }

    /// - Parameter shares: the number of cells of each symbol; -1 for a symbol with a single cell at the end of the table.
    init(_ shares: [Int], accuracy: Int) throws(DamagedData) {
        self.accuracy = accuracy
        let size = 1 << accuracy
        cells = Array(repeating: Cell(), count: size)
        var high = size
        for (symbol, share) in shares.enumerated() where share == -1 {
            high -= 1
            guard high >= 0 else { throw DamagedData() }
            cells[high].symbol = symbol
        }
        var place = 0
        for (symbol, share) in shares.enumerated() where share > 0 {
            for _ in 1...share {
                cells[place].symbol = symbol
                repeat { place = (place + size >> 1 + size >> 3 + 3) & (size - 1) } while place >= high && high > 0
            }
        }
        guard place == 0 else { throw DamagedData() }
        var next = shares.map { abs($0) }
        for index in cells.indices {
            let symbol = cells[index].symbol
            guard next[symbol] > 0 else { throw DamagedData() }
            cells[index].bits = accuracy - (Int.bitWidth - 1 - next[symbol].leadingZeroBitCount)
            cells[index].base = next[symbol] << cells[index].bits - size
            next[symbol] += 1
        }
    }

    /// A table of one symbol, which uses no bits.
    init(always symbol: Int) {
        accuracy = 0
        cells = [Cell(symbol: symbol)]
    }

    func symbol(_ state: Int) -> Int { cells[state].symbol }

    func next(_ state: Int, _ bits: inout BackwardBits) -> Int { cells[state].base + bits.read(cells[state].bits) }
}

/// The numbers of a sequence: the length of its literals, the offset and the length of its match (RFC 8878 §3.1.1.3.2).
enum ZstandardSequence {
    struct Kind: Sendable {
        /// The predefined distribution (§3.1.1.3.2.2).
        var usual: [Int]
        var usualAccuracy: Int
        /// The largest accuracy that a description may have.
        var longest: Int
    }

    /// The codes of a number. Each code has a base and a number of extra bits.
    struct Codes: Sendable {
        private var codes: [(base: Int, bits: Int)]

        /// - Parameters:
        ///   - first: the number that code 0 stands for.
        ///   - plain: the number of codes without extra bits; the number of each of these codes is one more than that of the code before.
        ///   - bits: the extra bits of the further codes. The range of each code begins where the previous code's range ends.
        init(first: Int, plain: Int, bits: [Int]) {
            codes = (0..<plain).map { (first + $0, 0) }
            var base = first + plain
            for width in bits {
                codes.append((base, width))
                base += 1 << width
            }
        }

        func value(_ code: Int, _ bits: inout BackwardBits) throws(DamagedData) -> Int {
            guard code < codes.count else { throw DamagedData() }
            return codes[code].base + bits.read(codes[code].bits)
        }
    }

    static let lengths = Codes(
        first: 0, plain: 16, bits: [1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16])
    static let matches = Codes(
        first: 3, plain: 32, bits: [1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16])

    /// The kinds: literal lengths, offsets and match lengths.
    static let kinds = [
        Kind(
            usual: [4, 3] + Array(repeating: 2, count: 11) + [1, 1, 1] + Array(repeating: 2, count: 9)
                + [3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1],
            usualAccuracy: 6, longest: 9),
        Kind(
            usual: [1, 1, 1, 1, 1, 1, 2, 2, 2] + Array(repeating: 1, count: 15) + [-1, -1, -1, -1, -1],
            usualAccuracy: 5, longest: 8),
        Kind(
            usual: [1, 4, 3, 2, 2, 2, 2, 2, 2] + Array(repeating: 1, count: 37) + Array(repeating: -1, count: 7),
            usualAccuracy: 6, longest: 9),
    ]
}
