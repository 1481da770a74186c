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
