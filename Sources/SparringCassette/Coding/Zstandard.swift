/// Decompresses Zstandard (RFC 8878), without dictionaries. Checksums are not compared.
enum Zstandard {
    /// - Parameter limit: the maximum size of the result, in bytes.
    /// - Returns: nil for data that is damaged, cut off or larger than the limit.
    static func decoded(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
        var (result, rest): ([UInt8], ArraySlice<UInt8>) = ([], bytes[...])
        do {
            while !rest.isEmpty {
                let magic = try integer(&rest, 4)
                if magic & 0xFFFF_FFF0 == 0x184D_2A50 {
                    _ = try take(&rest, try integer(&rest, 4))
                } else {
                    guard magic == 0xFD2F_B528 else { return nil }
                    try frame(&rest, &result, limit)
                }
            }
        } catch { return nil }
        return result
    }

    /// Makes a frame that contains the bytes without compressing them.
    static func stored(_ bytes: [UInt8]) -> [UInt8] {
        // The header states a single segment, with its size in eight bytes.
        var frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0xE0]
        frame += (0..<8).map { UInt8(truncatingIfNeeded: bytes.count >> (8 * $0)) }
        var rest = bytes[...]
        repeat {
            let block = rest.prefix(1 << 17)
            rest = rest.dropFirst(block.count)
            let header = block.count << 3 | (rest.isEmpty ? 1 : 0)
            frame += (0..<3).map { UInt8(truncatingIfNeeded: header >> (8 * $0)) }
            frame += block
        } while !rest.isEmpty
        return frame
    }

    /// Decodes a frame (§3.1.1).
    private static func frame(_ rest: inout ArraySlice<UInt8>, _ result: inout [UInt8], _ limit: Int)
        throws(DamagedData)
    {
        let descriptor = try integer(&rest, 1)
        let isSingle = descriptor & 0x20 != 0
        if !isSingle { _ = try take(&rest, 1) }
        let dictionary = try integer(&rest, [0, 1, 2, 4][descriptor & 3])
        guard descriptor & 0x08 == 0, dictionary == 0 else { throw DamagedData() }
        _ = try take(&rest, [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6])
        var block = ZstandardBlock(start: result.count)
        var isLast = false
        while !isLast {
            let header = try integer(&rest, 3)
            isLast = header & 1 != 0
            let size = header >> 3
            switch header >> 1 & 3 {
            case 0: result += try take(&rest, size)
            case 1: result += repeatElement(UInt8(try integer(&rest, 1)), count: size)
            case 2: try block.decode(try take(&rest, size), into: &result)
            default: throw DamagedData()
            }
            guard result.count <= limit else { throw DamagedData() }
        }
        if descriptor & 0x04 != 0 { _ = try take(&rest, 4) }
    }

    static func take(_ rest: inout ArraySlice<UInt8>, _ count: Int) throws(DamagedData) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw DamagedData() }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// Reads a little-endian integer.
    static func integer(_ rest: inout ArraySlice<UInt8>, _ count: Int) throws(DamagedData) -> Int {
        try take(&rest, count).reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}

/// Decodes the compressed blocks of a frame, which share tables and the last offsets.
struct ZstandardBlock {
    private let start: Int
    private var huffman: ZstandardHuffman?
    private var tables: [FSETable?] = [nil, nil, nil]
    private var offsets = [1, 4, 8]

    /// - Parameter start: the position in the result at which the frame begins.
    init(start: Int) { self.start = start }

    /// Decodes a block (§3.1.1.3).
    mutating func decode(_ block: ArraySlice<UInt8>, into result: inout [UInt8]) throws(DamagedData) {
        var rest = block
        var literals = try self.literals(&rest)[...]
        var count = try Zstandard.integer(&rest, 1)
        if count == 255 {
            count = try Zstandard.integer(&rest, 2) + 0x7F00
        } else if count > 127 {
            count = (count - 128) << 8 + (try Zstandard.integer(&rest, 1))
        }
        if count > 0 {
            let modes = try Zstandard.integer(&rest, 1)
            for (index, kind) in ZstandardSequence.kinds.enumerated() {
                tables[index] = try self.table(kind, mode: modes >> (6 - 2 * index) & 3, previous: tables[index], &rest)
            }
            try sequences(count, rest, literals: &literals, onto: &result)
        }
        result += literals
    }

    private func table(
        _ kind: ZstandardSequence.Kind, mode: Int, previous: FSETable?, _ rest: inout ArraySlice<UInt8>
    ) throws(DamagedData) -> FSETable {
        switch mode {
        case 0: return try FSETable(kind.usual, accuracy: kind.usualAccuracy)
        case 1: return FSETable(always: try Zstandard.integer(&rest, 1))
        case 2: return try FSETable(&rest, longest: kind.longest)
        default:
            guard let previous else { throw DamagedData() }
            return previous
        }
    }

    private mutating func sequences(
        _ count: Int, _ bytes: ArraySlice<UInt8>, literals: inout ArraySlice<UInt8>, onto result: inout [UInt8]
    ) throws(DamagedData) {
        guard let lengths = tables[0], let places = tables[1], let matches = tables[2] else { throw DamagedData() }
        var bits = try BackwardBits(bytes)
        var length = bits.read(lengths.accuracy)
        var place = bits.read(places.accuracy)
        var match = bits.read(matches.accuracy)
        for number in 1...count {
            let code = places.symbol(place)
            guard code < 32 else { throw DamagedData() }
            let distance = 1 << code + bits.read(code)
            let copied = try ZstandardSequence.matches.value(matches.symbol(match), &bits)
            let plain = try ZstandardSequence.lengths.value(lengths.symbol(length), &bits)
            if number < count {
                length = lengths.next(length, &bits)
                match = matches.next(match, &bits)
                place = places.next(place, &bits)
            }
            guard bits.left >= 0, plain <= literals.count else { throw DamagedData() }
            result += literals.prefix(plain)
            literals = literals.dropFirst(plain)
            let offset = try self.offset(distance, isBare: plain == 0)
            guard offset > 0, offset <= result.count - start else { throw DamagedData() }
            for index in (result.count - offset)..<(result.count - offset + copied) { result.append(result[index]) }
        }
        guard bits.left == 0 else { throw DamagedData() }
    }

    /// Decodes an offset (§3.1.1.5).
    private mutating func offset(_ value: Int, isBare: Bool) throws(DamagedData) -> Int {
        guard value <= 3 else {
            offsets = [value - 3, offsets[0], offsets[1]]
            return value - 3
        }
        let index = value - 1 + (isBare ? 1 : 0)
        let offset = index == 3 ? offsets[0] - 1 : offsets[index]
        if index > 0 { offsets = [offset, offsets[0], index == 1 ? offsets[2] : offsets[1]] }
        return offset
    }

    /// Decodes the literals of a block (§3.1.1.3.1).
    private mutating func literals(_ rest: inout ArraySlice<UInt8>) throws(DamagedData) -> [UInt8] {
        guard let first = rest.first else { throw DamagedData() }
        let (kind, format) = (first & 3, Int(first >> 2 & 3))
        guard kind >= 2 else {
            let width = [1, 2, 1, 3][format]
            let size = try Zstandard.integer(&rest, width) >> (width == 1 ? 3 : 4)
            guard size <= 128 << 10 else { throw DamagedData() }
            if kind == 0 { return Array(try Zstandard.take(&rest, size)) }
            return Array(repeating: UInt8(try Zstandard.integer(&rest, 1)), count: size)
        }
        let (width, bits) = ([3, 3, 4, 5][format], [10, 10, 14, 18][format])
        let header = try Zstandard.integer(&rest, width) >> 4
        let (size, packed) = (header & (1 << bits - 1), header >> bits)
        var data = try Zstandard.take(&rest, packed)
        if kind == 2 { huffman = try ZstandardHuffman(&data) }
        guard let huffman, size <= 128 << 10 else { throw DamagedData() }
        if format == 0 { return try huffman.decoded(data, count: size) }
        var sizes = [try Zstandard.integer(&data, 2), try Zstandard.integer(&data, 2), try Zstandard.integer(&data, 2)]
        sizes.append(data.count - sizes.reduce(0, +))
        guard sizes[3] > 0 else { throw DamagedData() }
        var literals: [UInt8] = []
        for stream in sizes {
            let count = min((size + 3) / 4, size - literals.count)
            literals += try huffman.decoded(try Zstandard.take(&data, stream), count: count)
        }
        return literals
    }
}
