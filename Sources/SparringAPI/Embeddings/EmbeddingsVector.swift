import SparringWire

/// An invented embedding of length 1: the same for the same input in every run, close to the vectors of texts that
/// share words with it and nearly orthogonal to others.
///
/// Each word has a pseudo-random direction, with a greater weight for longer words. The vector is the sum over the words plus a shorter
/// vector for the whole input, so that no two inputs get the same vector. All sums are integers, so the result depends neither on the order
/// of words nor on the platform's floating point.
struct EmbeddingsVector: Sendable, Hashable {
    let values: [Float]

    /// The first `dimensions` components of the full vector, normalized again, as in the API.
    init(_ input: EmbeddingsRequest.Input, dimensions: Int) {
        var terms = Terms()
        switch input {
        case .text(let text): terms.addWords(of: text)
        case .tokens(let tokens): terms.add(tokens)
        }
        var sums = [Int32](repeating: 0, count: dimensions)
        for (seed, weight) in terms.weights { Self.add(seed, weight, to: &sums) }
        let length = sums.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        // Only a vector of one or two components can be zero; it then gets an arbitrary direction.
        guard length > 0 else {
            values = [1] + [Float](repeating: 0, count: dimensions - 1)
            return
        }
        values = sums.map { Float(Double($0) / length) }
    }

    /// Adds a pseudo-random direction, of which each draw gives eight components. Weights are capped so that the sums of a long input fit
    /// into 32 bits.
    private static func add(_ seed: UInt64, _ weight: Int32, to sums: inout [Int32]) {
        var mint = IDMint(seed: seed)
        sums.withUnsafeMutableBufferPointer { sums in
            var index = 0
            while index < sums.count {
                var draw = mint.next()
                for slot in index..<min(index + 8, sums.count) {
                    // The components are odd numbers around zero, so that no component is zero.
                    sums[slot] &+= weight &* (Int32(draw & 0xFF) &* 2 &- 255)
                    draw >>= 8
                }
                index += 8
            }
        }
    }
}

/// The directions of a vector and their weights.
private struct Terms {
    private(set) var weights: [UInt64: Int32] = [:]
    private var whole = FNV1a()

    /// Adds the words: runs of letters and digits, case-insensitive; bytes beyond ASCII count as letters.
    mutating func addWords(of text: String) {
        var word = FNV1a()
        var length: Int32 = 0
        for byte in text.utf8 {
            whole.add(byte)
            switch byte {
            case 0x30...0x39, 0x61...0x7A, 0x80...0xFF: word.add(byte)
            case 0x41...0x5A: word.add(byte | 0x20)
            default:
                if length > 0 { add(word, length) }
                word = FNV1a()
                length = 0
                continue
            }
            length += 1
        }
        if length > 0 { add(word, length) }
        finish()
    }

    mutating func add(_ tokens: [Int]) {
        for token in tokens {
            var word = FNV1a()
            withUnsafeBytes(of: UInt64(token).littleEndian) { for byte in $0 { word.add(byte) } }
            withUnsafeBytes(of: UInt64(token).littleEndian) { for byte in $0 { whole.add(byte) } }
            add(word, 4)
        }
        finish()
    }

    private mutating func add(_ word: FNV1a, _ length: Int32) {
        let weight = weights[word.value, default: 0] + min(length, 8)
        weights[word.value] = min(weight, 4096)
    }

    /// Adds the direction of the whole input, which is about a third as long as the sum of the words.
    private mutating func finish() {
        let squares = weights.values.reduce(0.0) { $0 + Double($1) * Double($1) }
        weights[~whole.value, default: 0] += Int32(max(1, squares.squareRoot() / 3))
    }
}
