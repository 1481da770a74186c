import SparringTokens
import Testing

@Suite("Token estimates")
struct TokenEstimateTests {
    @Test(
        "The pieces of an estimate add up to the text",
        arguments: ["", " ", "Hello, world!", "naïve café 🥊 日本語", "a\n\n  b\tc", "snake_case(12345)", "\u{301}x"])
    func joined(text: String) { #expect(TokenEstimate.pieces(text).joined() == text) }

    @Test(
        "An estimate counts words, digits in threes, and characters of scripts without spaces",
        arguments: [("Hello world", 2), ("12345", 2), ("日本語", 3), ("", 0)])
    func counts(text: String, count: Int) { #expect(TokenEstimate.count(text) == count) }

    /// Letters are read eight at a time, so words of every length are tried, with every kind of character after them.
    @Test(
        "An estimate splits a word after ten letters, whatever follows the word",
        arguments: ["", " ", "@", "[", "`", "{", "7", "\n", "日", " next word of the text"])
    func words(after: String) {
        for length in 1...33 {
            let word = String(String(repeating: "aZ", count: 17).prefix(length))
            let pieces = TokenEstimate.pieces(word + after)
            let ofWord = pieces.prefix((length + 9) / 10)
            #expect(ofWord.joined() == word)
            #expect(ofWord.dropLast().allSatisfy { $0.count == 10 })
        }
    }

    @Test(
        "A space joins the word after it, and an underscore or a letter outside ASCII continues a word",
        arguments: [
            ("a bc def ghijklm nopqrstu", ["a", " bc", " def", " ghijklm", " nopqrstu"]),
            ("one_two three_ four five", ["one_two", " three_", " four", " five"]),
            ("café naïve Straße words after", ["café", " naïve", " Straße", " words", " after"]),
            ("a  b\tc 12345 words after", ["a", "  ", "b", "\t", "c", " ", "123", "45", " words", " after"]),
        ])
    func words(text: String, pieces: [String]) { #expect(TokenEstimate.pieces(text).map(String.init) == pieces) }

    @Test(
        "An estimated prefix ends at the end of a piece",
        arguments: ["", "Hello, world!", "naïve café 🥊 日本語", "a\n\n  b\tc 12345"])
    func prefix(text: String) {
        let pieces = TokenEstimate.pieces(text)
        for limit in 0...(pieces.count + 1) {
            let (tokens, end) = TokenEstimate.prefix(of: text, limit: limit)
            #expect(tokens == min(limit, pieces.count))
            #expect(text[..<end] == pieces.prefix(limit).joined())
        }
    }
}
