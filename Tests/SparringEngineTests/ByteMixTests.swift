import Testing

@testable import SparringEngine

@Suite("The hash of a request's bytes")
struct ByteMixTests {
    @Test("Equal bytes have equal hashes, and a changed, added or moved byte changes the hash")
    func differences() {
        for length in 0...70 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37) }
            #expect(ByteMix.hash(bytes) == ByteMix.hash(Array(bytes)))
            var seen: Set<UInt64> = [ByteMix.hash(bytes), ByteMix.hash(bytes + [0])]
            for place in bytes.indices {
                var other = bytes
                other[place] ^= 1
                seen.insert(ByteMix.hash(other))
            }
            #expect(seen.count == length + 2)
        }
    }

    @Test("Bodies of zeros of different lengths have different hashes")
    func zeros() {
        let hashes = Set((0...100).map { ByteMix.hash(Array(repeating: 0, count: $0)) })
        #expect(hashes.count == 101)
    }
}
