/// FNV-1a, 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/): equal in every run and on every machine, unlike `Hasher`. All invented
/// values of a request, a session or a batch start from a hash of this kind.
@frozen package struct FNV1a {
    package var value: UInt64

    /// - Parameter seed: selects a different hash function.
    @inlinable package init(seed: UInt64 = 0xCBF2_9CE4_8422_2325) { value = seed }

    @inlinable package mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }

    @inlinable package mutating func add(_ bytes: some Sequence<UInt8>) { for byte in bytes { add(byte) } }

    /// Takes a `String`, because a generic version is not specialized across modules and costs 7,000 instructions per answer.
    package static func hash(_ text: String, seed: UInt64 = 0xCBF2_9CE4_8422_2325) -> UInt64 {
        var hash = FNV1a(seed: seed)
        for byte in text.utf8 { hash.add(byte) }
        return hash.value
    }
}
