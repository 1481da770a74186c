import SparringAPI

/// The static dictionary: words that compressed data can refer to instead of earlier text (RFC 7932 §8).
enum BrotliDictionary {
    private static let words: [UInt8] =
        Base64.decode(BrotliWords.packed[...]).flatMap { ContentCoding.unpacked($0) } ?? []

    /// The binary logarithm of the number of words of each length.
    private static let bits = [0, 0, 0, 0, 10, 10, 11, 11, 10, 10, 10, 10, 10, 9, 9, 8, 7, 7, 8, 7, 7, 6, 6, 5, 5]

    /// - Parameter number: the number that combines those of the word and of its transform.
    static func word(_ number: Int, length: Int) throws(DamagedData) -> [UInt8] {
        guard (4..<bits.count).contains(length), words.count == BrotliWords.length else { throw DamagedData() }
        let start = (4..<length).reduce(0) { $0 + $1 << bits[$1] } + (number & (1 << bits[length] - 1)) * length
        let transform = number >> bits[length]
        guard transform < BrotliWords.transforms.count else { throw DamagedData() }
        return BrotliWords.transforms[transform].applied(to: words[start..<(start + length)])
    }
}
