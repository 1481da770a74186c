/// Byte-pair encoding of one piece: of all neighbours whose bytes together are a token, those of the lowest rank become one,
/// the leftmost first, until no two are left that could.
struct PairMerge {
    private let tables: TokenTables
    /// Where the parts of a short piece begin, and its end behind them.
    private let starts: UnsafeMutablePointer<UInt32>
    /// The rank of each part together with the next.
    private let ranks: UnsafeMutablePointer<UInt32>

    /// Up to this many bytes it is quicker to look at all parts for each merge than to keep them in order.
    private static let longestScan = 128

    /// What a merge has to be lent.
    static let scratchSize = 2 * (longestScan + 1)

    init(_ tables: TokenTables, scratch: UnsafeMutableBufferPointer<UInt32>) {
        self.tables = tables
        scratch.initialize(repeating: 0)
        // Its size is known to be enough; an empty buffer alone has no address.
        guard let base = scratch.baseAddress, scratch.count >= Self.scratchSize else {
            preconditionFailure("a merge was lent too little room")
        }
        starts = base
        ranks = base + Self.longestScan + 1
    }

    /// Hands out the lengths of the piece's tokens until `body` returns false.
    /// - Returns: false where `body` did.
    @inline(__always)
    func tokens(of piece: UnsafeRawBufferPointer, _ body: (Int) -> Bool) -> Bool {
        if tables.rank(of: piece) != Vocabulary.empty { return body(piece.count) }
        guard piece.count <= Self.longestScan else {
            var queue = PairQueue(piece, tables)
            return queue.tokens(body)
        }
        let parts = scan(piece)
        for part in 1...parts where !body(Int(starts[part] - starts[part - 1])) { return false }
        return true
    }

    /// - Returns: how many parts are left, one at least.
    private func scan(_ piece: UnsafeRawBufferPointer) -> Int {
        var parts = piece.count
        for start in 0..<parts {
            starts[start] = UInt32(truncatingIfNeeded: start)
            ranks[start] = start + 1 < parts ? tables.rank(of: piece, start, start + 2) : Vocabulary.empty
        }
        starts[parts] = UInt32(truncatingIfNeeded: parts)
        while true {
            var lowest = Vocabulary.empty
            var part = 0
            for index in 0..<parts where ranks[index] < lowest {
                lowest = ranks[index]
                part = index
            }
            guard lowest != Vocabulary.empty else { return parts }
            // The part takes the next one in; its pairs with both neighbours are new.
            (starts + part + 1).update(from: starts + part + 2, count: parts - part - 1)
            (ranks + part + 1).update(from: ranks + part + 2, count: parts - part - 2)
            parts -= 1
            ranks[part] =
                part + 1 < parts
                ? tables.rank(of: piece, Int(starts[part]), Int(starts[part + 2])) : Vocabulary.empty
            if part > 0 { ranks[part - 1] = tables.rank(of: piece, Int(starts[part - 1]), Int(starts[part + 1])) }
        }
    }
}

/// The same for a long piece, a megabyte of one letter as well: pairs wait in a heap, and parts know their neighbours.
private struct PairQueue {
    private let piece: UnsafeRawBufferPointer
    private let tables: TokenTables
    /// By the byte that a part begins with: where the next part begins and the one before; those of merged parts mean nothing.
    private var next: [UInt32]
    private var previous: [UInt32]
    /// By the same: the rank of the part together with the next.
    private var ranks: [UInt32]
    /// A binary heap of ranks, each with the beginning of its part in the lower half: the leftmost comes first among equals.
    private var heap: [UInt64] = []

    init(_ piece: UnsafeRawBufferPointer, _ tables: TokenTables) {
        self.piece = piece
        self.tables = tables
        next = (0..<UInt32(piece.count)).map { $0 + 1 }
        previous = (0..<UInt32(piece.count)).map { $0 &- 1 }
        ranks = (0..<piece.count).map { start in
            start + 2 <= piece.count ? tables.rank(of: piece, start, start + 2) : Vocabulary.empty
        }
        heap.reserveCapacity(piece.count)
        for (start, rank) in ranks.enumerated() where rank != Vocabulary.empty {
            heap.append(UInt64(rank) << 32 | UInt64(start))
        }
        for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(index) }
    }

    mutating func tokens(_ body: (Int) -> Bool) -> Bool {
        mergeAll()
        var start = 0
        while start < piece.count {
            let end = Int(next[start])
            guard body(end - start) else { return false }
            start = end
        }
        return true
    }

    private mutating func mergeAll() {
        while let lowest = popLowest() {
            let start = Int(truncatingIfNeeded: lowest & 0xFFFF_FFFF)
            // A pair that was changed since has another entry, or none.
            guard ranks[start] == UInt32(truncatingIfNeeded: lowest >> 32) else { continue }
            let gone = Int(next[start])
            let end = next[gone]
            ranks[gone] = Vocabulary.empty
            next[start] = end
            if end < piece.count { previous[Int(end)] = UInt32(start) }
            renew(start)
            if start > 0 { renew(Int(previous[start])) }
        }
    }

    private mutating func renew(_ start: Int) {
        let middle = Int(next[start])
        let rank =
            middle < piece.count ? tables.rank(of: piece, start, Int(next[middle])) : Vocabulary.empty
        ranks[start] = rank
        guard rank != Vocabulary.empty else { return }
        heap.append(UInt64(rank) << 32 | UInt64(start))
        rise(heap.count - 1)
    }

    // MARK: The heap

    private mutating func popLowest() -> UInt64? {
        guard let lowest = heap.first, let last = heap.popLast() else { return nil }
        if !heap.isEmpty {
            heap[0] = last
            sink(0)
        }
        return lowest
    }

    private mutating func rise(_ index: Int) {
        var index = index
        let entry = heap[index]
        while index > 0, heap[(index - 1) / 2] > entry {
            heap[index] = heap[(index - 1) / 2]
            index = (index - 1) / 2
        }
        heap[index] = entry
    }

    private mutating func sink(_ index: Int) {
        var index = index
        let entry = heap[index]
        while true {
            var child = index * 2 + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
            guard heap[child] < entry else { break }
            heap[index] = heap[child]
            index = child
        }
        heap[index] = entry
    }
}
