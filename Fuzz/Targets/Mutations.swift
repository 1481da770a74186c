/// Changes inputs of a corpus at random, for `make test`: the same seed gives the same inputs. libFuzzer's own changes are better, because
/// it detects which branches an input reaches.
package struct Mutations {
    /// Texts that are difficult for parsers: numbers at the edges of their types, and openings of nested values.
    private static let words = [
        "9223372036854775807", "-9223372036854775808", "18446744073709551616", "1e300", "-1", "0", "NaN", "0.5e-320",
        "[", "{", "\"", "\\", "\\u", "\r\n", "\r", "\n", "\n\n", "\u{0}", "\u{301}", "\u{FEFF}", "\u{10FFFF}", ":", ",",
        "*a", "&a ", "(?:", "{1000}",
    ]
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    /// - Parameter corpus: the inputs, which must not be empty.
    package mutating func next(from corpus: [[UInt8]]) -> [UInt8] {
        var bytes = corpus[below(corpus.count)]
        for _ in 0...below(4) { change(&bytes, corpus) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8], _ corpus: [[UInt8]]) {
        let place = below(bytes.count + 1)
        let end = min(bytes.count, place + 1 + below(8))
        switch below(7) {
        case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8(below(8))
        case 1 where place < bytes.count: bytes[place] = UInt8(below(256))
        case 2: bytes.removeSubrange(place..<end)
        case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 4: bytes.replaceSubrange(place..<end, with: Self.words[below(Self.words.count)].utf8)
        case 5: bytes = Array(bytes[..<place])
        case 6:
            let other = corpus[below(corpus.count)]
            bytes = Array(bytes[..<place]) + other[below(other.count + 1)...]
        default: bytes.insert(contentsOf: Self.words[below(Self.words.count)].utf8, at: place)
        }
    }

    private mutating func below(_ bound: Int) -> Int { Int(random() % UInt64(max(1, bound))) }

    /// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
    private mutating func random() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }
}
