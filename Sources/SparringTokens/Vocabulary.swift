/// The tokens of an encoding, which are found by their bytes. A token's rank is its id, and also its position in the order of training.
///
/// A vocabulary takes four megabytes for the larger encoding: the bytes of all tokens in one array, the end of each token, and a hash table
/// of ranks with linear probing. This is a class, so that all models and sessions share one vocabulary.
package final class Vocabulary: Sendable {
    package let encoding: TokenEncoding
    /// The bytes of all tokens, by rank.
    private let text: [UInt8]
    /// The end of each token in `text`; the first entry is 0.
    private let ends: [UInt32]
    /// Each slot has a rank in the lower bits and a part of the token's hash in the upper bits; `empty` marks a free slot.
    private let slots: [UInt32]
    private let kinds = ScalarKinds.shared

    /// Ranks have 18 bits. The 14 bits above hold part of the hash, which avoids comparing the bytes of most other tokens.
    static let rankMask: UInt32 = 1 << 18 - 1
    package static let maximumCount = Int(rankMask)
    static let empty = UInt32.max

    /// - Parameters:
    ///   - text: the bytes of all tokens, by rank.
    ///   - ends: 0, then the end of each token. No token is empty, and there are at most `maximumCount` tokens.
    /// - Throws: if a token occurs twice.
    init(_ encoding: TokenEncoding, text: [UInt8], ends: [UInt32]) throws(VocabularyError) {
        self.encoding = encoding
        self.text = text
        self.ends = ends
        var twice: (first: Int, second: Int)?
        slots = Self.slots(text, ends, &twice)
        guard let twice else { return }
        throw VocabularyError(
            line: twice.second + 1, problem: "the token already has rank \(twice.first)")
    }

    package var count: Int { ends.count - 1 }

    private static func slots(
        _ text: [UInt8], _ ends: [UInt32], _ twice: inout (first: Int, second: Int)?
    ) -> [UInt32] {
        var size = 1024
        while size < ends.count * 2 { size *= 2 }
        return [UInt32](unsafeUninitializedCapacity: size) { slots, initialized in
            slots.initialize(repeating: empty)
            initialized = size
            text.withUnsafeBytes { text in
                for rank in 0..<(ends.count - 1) {
                    let token = UnsafeRawBufferPointer(rebasing: text[Int(ends[rank])..<Int(ends[rank + 1])])
                    let hash = TokenHash.of(token)
                    var slot = hash.slot(in: size)
                    while slots[slot] != empty {
                        if slots[slot] & ~rankMask == hash.tag {
                            let other = Int(slots[slot] & rankMask)
                            let bytes = text[Int(ends[other])..<Int(ends[other + 1])]
                            if bytes.elementsEqual(token) { twice = (other, rank) }
                        }
                        slot = (slot + 1) & (size - 1)
                    }
                    slots[slot] = hash.tag | UInt32(rank)
                }
            }
        }
    }

    /// Calls `body` with pointers to the tables, which are valid only during the call.
    @inline(__always)
    func withTables<Result>(_ body: (TokenTables) -> Result) -> Result {
        text.withUnsafeBytes { text in
            ends.withUnsafeBufferPointer { ends in
                slots.withUnsafeBufferPointer { slots in
                    kinds.table.withUnsafeBufferPointer { table in
                        body(TokenTables(text: text, ends: ends, slots: slots, table: table, kinds: kinds))
                    }
                }
            }
        }
    }

    /// The bytes of a token; nil for an unknown rank.
    package func bytes(of rank: Int) -> ArraySlice<UInt8>? {
        guard rank >= 0, rank < count else { return nil }
        return text[Int(ends[rank])..<Int(ends[rank + 1])]
    }
}

/// The tables of a vocabulary, which are read without bounds checks and reference counts.
struct TokenTables {
    let text: UnsafeRawBufferPointer
    let ends: UnsafeBufferPointer<UInt32>
    let slots: UnsafeBufferPointer<UInt32>
    let table: UnsafeBufferPointer<UInt8>
    let kinds: ScalarKinds

    /// The rank of the token with these bytes; `Vocabulary.empty` if no token has them.
    @inline(__always)
    func rank(of bytes: UnsafeRawBufferPointer) -> UInt32 {
        let hash = TokenHash.of(bytes)
        let mask = slots.count - 1
        var slot = hash.slot(in: slots.count)
        while true {
            let entry = slots[slot]
            if entry == Vocabulary.empty { return entry }
            if entry & ~Vocabulary.rankMask == hash.tag {
                let rank = entry & Vocabulary.rankMask
                let start = Int(ends[Int(rank)])
                if Int(ends[Int(rank) + 1]) - start == bytes.count, equal(bytes, start) { return rank }
            }
            slot = (slot + 1) & mask
        }
    }

    /// The rank of the token in a part of a piece.
    @inline(__always)
    func rank(of piece: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> UInt32 {
        rank(of: UnsafeRawBufferPointer(rebasing: piece[start..<end]))
    }

    @inline(__always)
    private func equal(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Bool {
        for index in 0..<bytes.count where bytes[index] != text[start + index] { return false }
        return true
    }
}

/// A hash of a token's bytes. The hash takes few multiplications, because most tokens are shorter than eight bytes.
struct TokenHash {
    private let value: UInt64

    @inline(__always)
    static func of(_ bytes: UnsafeRawBufferPointer) -> TokenHash {
        let count = bytes.count
        var value = UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15
        var at = 0
        while count - at > 8 {
            value = mix(value ^ bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            at += 8
        }
        return TokenHash(value: mix(value ^ tail(bytes, count)))
    }

    /// The last eight bytes of the token, or all bytes of a shorter token. Overlapping reads do no harm, because the hash still depends on
    /// every byte.
    @inline(__always)
    private static func tail(_ bytes: UnsafeRawBufferPointer, _ count: Int) -> UInt64 {
        if count >= 8 { return bytes.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self) }
        if count >= 4 {
            let first = bytes.loadUnaligned(fromByteOffset: 0, as: UInt32.self)
            let last = bytes.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
            return UInt64(first) | UInt64(last) << 32
        }
        guard count > 0 else { return 0 }
        return UInt64(bytes[0]) | UInt64(bytes[count / 2]) << 8 | UInt64(bytes[count - 1]) << 16
    }

    @inline(__always)
    private static func mix(_ value: UInt64) -> UInt64 {
        let (high, low) = value.multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
        return high ^ low
    }

    /// The first slot to probe in a table whose size is a power of two.
    @inline(__always) func slot(in size: Int) -> Int { Int(truncatingIfNeeded: value) & (size - 1) }

    /// The bits that a slot keeps above the rank.
    @inline(__always) var tag: UInt32 { UInt32(truncatingIfNeeded: value >> 32) & ~Vocabulary.rankMask }
}
