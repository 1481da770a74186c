/// FNV-1a, 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/): the same in every run and on every machine, which `Hasher` is not.
/// What is made up for a request, a session or a batch begins with it.
@frozen package struct FNV1a {
    package var value: UInt64

    /// - Parameter seed: another one, another function of the same bytes.
    @inlinable package init(seed: UInt64 = 0xCBF2_9CE4_8422_2325) { value = seed }

    @inlinable package mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }

    @inlinable package mutating func add(_ bytes: some Sequence<UInt8>) { for byte in bytes { add(byte) } }

    /// Of a `String`, not of anything with letters: the generic one is not specialized in another module, and took an answer 7,000
    /// instructions.
    package static func hash(_ text: String, seed: UInt64 = 0xCBF2_9CE4_8422_2325) -> UInt64 {
        var hash = FNV1a(seed: seed)
        for byte in text.utf8 { hash.add(byte) }
        return hash.value
    }
}
