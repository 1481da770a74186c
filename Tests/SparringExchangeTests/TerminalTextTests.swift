import SparringExchange
import Testing

@Suite("Text for a terminal")
struct TerminalTextTests {
    @Test(
        "Characters that control a terminal become escapes, and other text stays",
        arguments: [
            ("gpt-5.2", "gpt-5.2"), ("", ""), ("Straße 東京 👩‍🔬", "Straße 東京 👩‍🔬"), ("C:\\u{1b}", "C:\\u{1b}"),
            ("\u{1B}]0;title\u{7}", "\\u{1b}]0;title\\u{7}"), ("\u{9B}31mred", "\\u{9b}31mred"),
            ("a\r\n12:00:00 forged\tline", "a\\r\\n12:00:00 forged\\tline"),
            ("a\u{2028}b\u{85}c", "a\\u{2028}b\\u{85}c"),
            ("\u{202E}txt.exe\u{2066}", "\\u{202e}txt.exe\\u{2066}"), ("\u{0}\u{7F}", "\\u{0}\\u{7f}"),
        ])
    func visible(text: String, shown: String) { #expect(TerminalText.visible(text) == shown) }
}
