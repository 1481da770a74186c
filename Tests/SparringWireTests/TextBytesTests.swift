import Testing

@testable import SparringWire

@Suite("Bytes of text")
struct TextBytesTests {
    /// Small strings, which are stored inline, and large ones.
    private static let texts = [
        "", "/", "/v1", "/v1/", "/v1/chat/completions?é=1", "/v", "é/v1/chat/completions", "\u{301}",
    ]

    /// The same text as a part of a longer text.
    private static func rest(of text: String) -> Substring { Substring("x\(text)".utf8.dropFirst()) }

    @Test("A text begins with a prefix exactly when its bytes do", arguments: texts, texts)
    func begins(text: String, prefix: String) {
        let expected = Array(text.utf8).starts(with: Array(prefix.utf8))
        #expect(text.begins(with: prefix) == expected)
        #expect(Self.rest(of: text).begins(with: prefix) == expected)
    }

    @Test("A combining mark after a slash does not hide the slash")
    func marks() { #expect("/v1/\u{301}".begins(with: "/v1/")) }

    @Test("The index of a byte is that of its first occurrence", arguments: texts, ["/", "?", "1", "x"] as [Character])
    func place(text: String, character: Character) throws {
        let byte = try #require(character.asciiValue)
        #expect(text.firstIndex(ofByte: byte) == text.utf8.firstIndex(of: byte))
        let rest = Self.rest(of: text)
        #expect(rest.firstIndex(ofByte: byte) == rest.utf8.firstIndex(of: byte))
    }
}
