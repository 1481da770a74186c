import SparringTokens
import Synchronization
import Testing

@Suite("Token counters")
struct TokenCounterTests {
    /// Every byte is a token, and so are `el`, `lo` and the first three bytes of an emoji.
    static let vocabulary: Vocabulary? = {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let bytes = (0..<256).map { byte in
            String(decoding: [digits[byte >> 2], digits[(byte & 3) << 4]], as: UTF8.self) + "=="
        }
        let tokens = bytes + ["ZWw=", "bG8=", "8J8=", "8J+l"]
        let file = tokens.enumerated().map { "\($1) \($0)\n" }.joined()
        return try? Vocabulary.read(file)
    }()
    static let exact = TokenCounter(vocabulary)

    static let texts = ["", "hello", "hello, world", "🥊", "a🥊🥊b", "é", "日本\r\n語", "naïve\u{301}"]

    @Test("The pieces of a text add up to it and consist of whole characters", arguments: texts)
    func pieces(text: String) {
        let pieces = Self.exact.pieces(text)
        #expect(Self.exact.isExact)
        #expect(pieces.flatMap { Array($0.text.utf8) } == Array(text.utf8))
        #expect(pieces.reduce(0) { $0 + $1.tokens } == Self.exact.count(text))
        #expect(pieces.flatMap { $0.parts.flatMap { $0 } } == Array(text.utf8))
    }

    @Test("Token ids are decoded to the pieces of their text", arguments: texts)
    func ids(text: String) throws {
        #expect(Self.exact.pieces(ids: try #require(Self.vocabulary).encode(text)) == Self.exact.pieces(text))
    }

    @Test(
        "Unknown token ids, and ids without valid text, are rejected",
        arguments: [[-1], [260], [97, 260], [0x80], [0xE2, 0x82], [258, 97], [0xC3, 0x28], [0xFF]])
    func strangeIDs(ids: [Int]) {
        #expect(Self.exact.pieces(ids: ids) == nil)
        #expect(TokenCounter.estimate.pieces(ids: []) == nil)
    }

    @Test("A character of several tokens is counted as several")
    func tokens() {
        #expect(Self.exact.count("hello") == 3)
        #expect(Self.exact.pieces("a🥊b").map(\.tokens) == [1, 2, 1])
        #expect(Self.exact.pieces("a🥊b").flatMap(\.parts).map(\.count) == [1, 3, 1, 1])
    }

    @Test("A prefix ends after a whole character within the token limit")
    func prefix() {
        let text = "a🥊b"
        let cuts = (0...5).map { Self.exact.prefix(of: text, limit: $0) }
        #expect(cuts.map(\.tokens) == [0, 1, 2, 3, 4, 4])
        #expect(cuts.map { String(text[..<$0.end]) } == ["", "a", "a", "a🥊", "a🥊b", "a🥊b"])
    }

    @Test("A token counter without a vocabulary estimates")
    func estimate() {
        #expect(!TokenCounter.estimate.isExact)
        #expect(TokenCounter.estimate.count("Hello world") == TokenEstimate.count("Hello world"))
        #expect(TokenCounter.estimate.pieces("Hello world").map(\.tokens) == [1, 1])
    }

    @Test("A token counter is created once for each encoding, on first use")
    func loading() {
        let asked = Asked()
        let counters = TokenCounters(exact: [.o200k]) { encoding in
            asked.add(encoding)
            return try? Vocabulary.read("YQ== 0\n")
        }
        #expect(asked.all == [])
        #expect(counters[.o200k].isExact)
        #expect(counters[.o200k] == counters[.o200k])
        #expect(!counters[.cl100k].isExact)
        #expect(asked.all == [.o200k])
        #expect(counters.word == "partly exact")
        #expect(TokenCounters.estimates.word == "estimated")
    }
}

private final class Asked: Sendable {
    private let encodings = Mutex<[TokenEncoding]>([])

    func add(_ encoding: TokenEncoding) { encodings.withLock { $0.append(encoding) } }

    var all: [TokenEncoding] { encodings.withLock { $0 } }
}
