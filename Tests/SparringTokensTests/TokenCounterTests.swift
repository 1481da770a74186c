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

    @Test("give pieces that joined are the text, each of whole characters", arguments: texts)
    func pieces(text: String) {
        let pieces = Self.exact.pieces(text)
        #expect(Self.exact.isExact)
        #expect(pieces.flatMap { Array($0.text.utf8) } == Array(text.utf8))
        #expect(pieces.reduce(0) { $0 + $1.tokens } == Self.exact.count(text))
        #expect(pieces.flatMap { $0.parts.flatMap { $0 } } == Array(text.utf8))
    }

    @Test("read ids as the text that they were made from, in the same pieces", arguments: texts)
    func ids(text: String) throws {
        #expect(Self.exact.pieces(ids: try #require(Self.vocabulary).encode(text)) == Self.exact.pieces(text))
    }

    @Test(
        "read no ids that are not their own, or that spell no text",
        arguments: [[-1], [260], [97, 260], [0x80], [0xE2, 0x82], [258, 97], [0xC3, 0x28], [0xFF]])
    func strangeIDs(ids: [Int]) {
        #expect(Self.exact.pieces(ids: ids) == nil)
        #expect(TokenCounter.estimate.pieces(ids: []) == nil)
    }

    @Test("count a character of several tokens as such")
    func tokens() {
        #expect(Self.exact.count("hello") == 3)
        #expect(Self.exact.pieces("a🥊b").map(\.tokens) == [1, 2, 1])
        #expect(Self.exact.pieces("a🥊b").flatMap(\.parts).map(\.count) == [1, 3, 1, 1])
    }

    @Test("cut after a token, and leave a character out of which a part was cut off")
    func prefix() {
        let text = "a🥊b"
        let cuts = (0...5).map { Self.exact.prefix(of: text, limit: $0) }
        #expect(cuts.map(\.tokens) == [0, 1, 2, 3, 4, 4])
        #expect(cuts.map { String(text[..<$0.end]) } == ["", "a", "a", "a🥊", "a🥊b", "a🥊b"])
    }

    @Test("estimate where there is no vocabulary")
    func estimate() {
        #expect(!TokenCounter.estimate.isExact)
        #expect(TokenCounter.estimate.count("Hello world") == TokenEstimate.count("Hello world"))
        #expect(TokenCounter.estimate.pieces("Hello world").map(\.tokens) == [1, 1])
    }

    @Test("are made once for each encoding, when they are first asked for")
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
