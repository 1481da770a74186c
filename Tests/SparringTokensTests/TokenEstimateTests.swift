import SparringTokens
import Testing

@Suite("Token estimates")
struct TokenEstimateTests {
    @Test(
        "pieces joined are the text",
        arguments: ["", " ", "Hello, world!", "naïve café 🥊 日本語", "a\n\n  b\tc", "snake_case(12345)", "\u{301}x"])
    func joined(text: String) { #expect(TokenEstimate.pieces(text).joined() == text) }

    @Test(
        "words, digits in threes and scripts without spaces",
        arguments: [("Hello world", 2), ("12345", 2), ("日本語", 3), ("", 0)])
    func counts(text: String, count: Int) { #expect(TokenEstimate.count(text) == count) }
}
