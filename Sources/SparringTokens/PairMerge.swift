/// Byte-pair encoding of one piece: of all neighbours whose bytes together are a token, those of the lowest rank become one,
/// the leftmost first, until no two are left that could.
struct PairMerge {
    private let tables: TokenTables
    /// Where the parts of the last piece begin, and its end behind them.
    private var starts: [UInt32] = []
    /// The rank of each part together with the next.
    private var ranks: [UInt32] = []

    /// Up to this many bytes it is quicker to look at all parts for each merge than to keep them in order.
    static let longestScan = 128

    init(_ tables: TokenTables) { self.tables = tables }

    /// Hands out the lengths of the piece's tokens until `body` returns false.
    /// - Returns: false where `body` did.
    @inline(__always)
    mutating func tokens(of piece: UnsafeRawBufferPointer, _ body: (Int) -> Bool) -> Bool {
        if tables.rank(of: piece) != Vocabulary.empty { return body(piece.count) }
        if piece.count <= Self.longestScan {
            scan(piece)
        } else {
            var queue = PairQueue(piece, tables)
            queue.mergeAll()
            starts = queue.starts
        }
        for part in 1..<starts.count where !body(Int(starts[part] - starts[part - 1])) { return false }
        return true
    }

    private mutating func scan(_ piece: UnsafeRawBufferPointer) {
        starts.removeAll(keepingCapacity: true)
        ranks.removeAll(keepingCapacity: true)
        for start in 0...piece.count {
            starts.append(UInt32(start))
            ranks.append(start + 2 <= piece.count ? tables.rank(of: piece, start, start + 2) : Vocabulary.empty)
        }
        while true {
            var lowest = Vocabulary.empty
            var part = 0
            for (index, rank) in ranks.enumerated() where rank < lowest {
                lowest = rank
                part = index
            }
            guard lowest != Vocabulary.empty else { return }
            // The part takes the next one in; its pairs with both neighbours are new.
            starts.remove(at: part + 1)
            ranks.remove(at: part + 1)
            ranks[part] = rank(piece, part)
            if part > 0 { ranks[part - 1] = rank(piece, part - 1) }
        }
    }

    private func rank(_ piece: UnsafeRawBufferPointer, _ part: Int) -> UInt32 {
        guard part + 2 < starts.count else { return Vocabulary.empty }
        return tables.rank(of: piece, Int(starts[part]), Int(starts[part + 2]))
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

    var starts: [UInt32] {
        var starts: [UInt32] = [0]
        while let last = starts.last, last < piece.count { starts.append(next[Int(last)]) }
        return starts
    }

    mutating func mergeAll() {
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
