import Testing

@testable import SparringEngine

@Suite("The hash of a request's bytes")
struct ByteMixTests {
    private static func hash(_ pieces: [UInt8]...) -> UInt64 {
        var bytes = ByteMix()
        for piece in pieces { bytes.add(piece) }
        return bytes.value
    }

    private static func sample(_ length: Int) -> [UInt8] { (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37) } }

    @Test("A changed or an added byte changes the hash")
    func differences() {
        for length in 0...70 {
            let bytes = Self.sample(length)
            var seen: Set<UInt64> = [Self.hash(bytes), Self.hash(bytes + [0])]
            for place in bytes.indices {
                var other = bytes
                other[place] ^= 1
                seen.insert(Self.hash(other))
            }
            #expect(seen.count == length + 2)
        }
    }

    @Test("Bodies of zeros of different lengths have different hashes")
    func zeros() {
        #expect(Set((0...100).map { Self.hash(Array(repeating: 0, count: $0)) }).count == 101)
    }

    @Test("The hash does not depend on the pieces in which the bytes arrive")
    func pieces() {
        let bytes = Self.sample(41)
        for first in 0...41 {
            for second in first...41 {
                let parts = (Array(bytes[..<first]), Array(bytes[first..<second]), Array(bytes[second...]))
                #expect(Self.hash(parts.0, parts.1, parts.2) == Self.hash(bytes))
            }
        }
    }

    @Test("Texts that are divided differently have different hashes")
    func texts() {
        var (one, other) = (ByteMix(), ByteMix())
        for text in ["ab", "c"] { one.add(text) }
        for text in ["a", "bc"] { other.add(text) }
        #expect(one.value != other.value)
    }

    @Test("The hash is the same in every process")
    func constant() { #expect(Self.hash(Array("Say hello.".utf8)) == 0xAF25_438A_CC6F_0F7D) }
}
