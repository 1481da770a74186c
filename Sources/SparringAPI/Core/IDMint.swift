import SparringWire

/// Makes the ids of one answer: `chatcmpl-…`, `req_…`, `call_…`. The ids depend only on the seed and on the number of earlier ids, so equal
/// runs give equal ids.
package struct IDMint: Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    /// Makes the same ids for the same name: the seed is the FNV-1a hash of the name.
    package init(for name: String) { state = FNV1a.hash(name) }

    /// One draw of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    package mutating func base62(_ prefix: String, count: Int) -> String {
        make(prefix, count, Self.base62Digits, radix: 62)
    }

    package mutating func hex(_ prefix: String, count: Int) -> String { make(prefix, count, Self.hexDigits, radix: 16) }

    /// A random UUID (RFC 9562 §5.4).
    package mutating func uuid(_ prefix: String) -> String {
        let digits = hex("", count: 30)
        func part(_ start: Int, _ count: Int) -> Substring { digits.dropFirst(start).prefix(count) }
        return "\(prefix)\(part(0, 8))-\(part(8, 4))-4\(part(12, 3))-a\(part(15, 3))-\(part(18, 12))"
    }

    /// This function is inlined so that the radix is constant. Division by a constant compiles to a multiplication, and an id needs thirty
    /// divisions.
    @inline(__always)
    private mutating func make(_ prefix: String, _ count: Int, _ digits: StaticString, radix: UInt64) -> String {
        let start = prefix.utf8.count
        return String(unsafeUninitializedCapacity: start + count) { buffer in
            _ = buffer.initialize(from: prefix.utf8)
            // This reads the pointer to the table once, because each read of `utf8Start` checks the kind of the literal.
            let table = digits.utf8Start
            var place = start
            while place < start + count {
                // One draw gives ten digits.
                var draw = next()
                for _ in 0..<min(10, start + count - place) {
                    buffer.initializeElement(at: place, to: table[Int(draw % radix)])
                    draw /= radix
                    place += 1
                }
            }
            return start + count
        }
    }

    private static let base62Digits: StaticString = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    private static let hexDigits: StaticString = "0123456789abcdef"
}
