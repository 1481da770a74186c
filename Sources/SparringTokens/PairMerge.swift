/// Byte-pair encoding of one piece. Merges the neighboring parts whose joined bytes are the token of the lowest rank, the leftmost first,
/// until no neighbors form a token.
struct PairMerge {
    private let tables: TokenTables
    /// The starts of the parts of a short piece, followed by the end of the piece.
    private let starts: UnsafeMutablePointer<UInt32>
    /// The rank of the token that each part forms with the next part.
    private let ranks: UnsafeMutablePointer<UInt32>

    /// The longest piece, in bytes, for which scanning all parts per merge is faster than a heap.
    private static let longestScan = 128

    /// The number of scratch elements that a merge needs.
    static let scratchSize = 2 * (longestScan + 1)

    init(_ tables: TokenTables, scratch: UnsafeMutableBufferPointer<UInt32>) {
        self.tables = tables
        scratch.initialize(repeating: 0)
        // Only an empty buffer has no address.
        guard let base = scratch.baseAddress, scratch.count >= Self.scratchSize else {
            preconditionFailure("the scratch buffer of a merge is too small")
        }
        starts = base
        ranks = base + Self.longestScan + 1
    }

    /// Passes the lengths of the piece's tokens to `body`. Stops if `body` returns false.
    /// - Returns: false if `body` returned false.
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

    /// - Returns: the number of parts left, at least one.
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
            // Merges the part with the next one, which changes the pairs with both neighbors.
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

/// Merges long pieces, even a megabyte of one letter: pairs wait in a heap, and parts are a linked list.
private struct PairQueue {
    private let piece: UnsafeRawBufferPointer
    private let tables: TokenTables
    /// The start of the next part and of the previous part, by the start of a part. The entries of parts that were merged into others are
    /// invalid.
    private var next: [UInt32]
    private var previous: [UInt32]
    /// The rank of the token that a part forms with the next part, by the start of the part.
    private var ranks: [UInt32]
    /// A binary heap of ranks. The lower half of an entry is the start of its part, so that the leftmost of equal ranks comes first.
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
            // If a pair has changed since this entry was made, it has another entry or none.
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
