import SparringTokens
import Testing

@Suite("Vocabularies")
struct VocabularyTests {
    @Test("A vocabulary is read line by line, with the rank as id")
    func reading() throws {
        let vocabulary = try Vocabulary.read("YQ== 0\nYg== 1\nYWI= 2\nYWJj 3\n")
        #expect(vocabulary.count == 4)
        #expect(
            (0..<4).map { vocabulary.bytes(of: $0).map { String(decoding: $0, as: UTF8.self) } } == [
                "a", "b", "ab", "abc",
            ])
        #expect(vocabulary.bytes(of: 4) == nil)
    }

    @Test(
        "A vocabulary with a mistake is rejected with its line",
        arguments: [
            ("", 1, "the file is empty"),
            ("YQ== 0\nYg== 2\n", 2, "expected rank 1, but found 2"),
            ("YQ== 0\nYg==\n", 2, "expected a token in base64 and a space"),
            ("YQ== 0\n\n", 2, "expected a token in base64 and a space"),
            ("YQ== 0\n 1\n", 2, "expected a token in base64 and a space"),
            ("YQ= 0\n", 1, "the token is not base64"),
            ("Y 0\n", 1, "the token is not base64"),
            ("Y*== 0\n", 1, "the token is not base64"),
            ("YQ== x\n", 1, "expected a rank and a line feed after the space"),
            ("YQ== 0", 1, "expected a rank and a line feed after the space"),
            ("YQ== 0\r\n", 1, "expected a rank and a line feed after the space"),
            ("YQ== 00000000000000000000\n", 1, "expected a rank and a line feed after the space"),
            ("YQ== 0\nYQ== 1\n", 2, "the token already has rank 0"),
        ])
    func mistakes(file: String, line: Int, problem: String) {
        #expect(throws: VocabularyError(line: line, problem: problem)) { try Vocabulary.read(file) }
    }

    @Test("A vocabulary merges pairs by rank, and among equal ranks the leftmost pair first")
    func merging() throws {
        // bc (2) is merged before ab (3). In aaa, the first two letters are merged.
        let vocabulary = try Vocabulary.read("YQ== 0\nYg== 1\nYw== 2\nYmM= 3\nYWI= 4\nYWE= 5\n")
        #expect(vocabulary.encode("abc") == [0, 3])
        #expect(vocabulary.encode("ab") == [4])
        #expect(vocabulary.encode("aaab") == [5, 4])
        #expect(vocabulary.encode("") == [])
    }

    @Test("A long word is split like a short one", arguments: [128, 129, 200, 700])
    func longWords(length: Int) throws {
        let vocabulary = try Vocabulary.read("YQ== 0\nYg== 1\nYmI= 2\nYWE= 3\nYWFhYQ== 4\nYWJi 5\n")
        let text = String(decoding: (0..<length).map { $0 % 7 == 5 || $0 % 11 == 3 ? 0x62 : 0x61 }, as: UTF8.self)
        #expect(vocabulary.encode(text) == Self.merged(text, vocabulary))
    }

    /// A simple and slow implementation of the definition.
    private static func merged(_ text: String, _ vocabulary: Vocabulary) -> [Int] {
        var ranks: [[UInt8]: Int] = [:]
        for rank in 0..<vocabulary.count { ranks[Array(vocabulary.bytes(of: rank) ?? [])] = rank }
        var parts = text.utf8.map { [$0] }
        while true {
            let pairs = zip(parts, parts.dropFirst()).enumerated().compactMap { index, pair in
                ranks[pair.0 + pair.1].map { (rank: $0, index: index) }
            }
            guard let best = pairs.min(by: { $0 < $1 }) else { return parts.compactMap { ranks[$0] } }
            parts[best.index] += parts.remove(at: best.index + 1)
        }
    }
}

@Suite("Token encodings")
struct TokenEncodingTests {
    @Test(
        "The encoding depends on the name of the model",
        arguments: [
            (
                TokenEncoding.o200k,
                ["gpt-4o", "gpt-4o-mini-2024-07-18", "gpt-4.1-nano", "chatgpt-4o-latest", "o1", "o3-mini"]
            ),
            (.o200k, ["gpt-5", "gpt-5.6-terra", "gpt-6-sol", "gpt-4.5-preview", "ft:gpt-4o-mini:org::id", "my-model"]),
            (.cl100k, ["gpt-4", "gpt-4-0613", "gpt-4-turbo", "gpt-3.5-turbo", "gpt-3.5-turbo-0125", "gpt-35-turbo"]),
            (.cl100k, ["text-embedding-3-small", "text-embedding-ada-002", "davinci-002", "ft:gpt-3.5-turbo:org::id"]),
        ])
    func models(encoding: TokenEncoding, names: [String]) {
        for name in names { #expect(TokenEncoding(model: name) == encoding, "\(name)") }
    }
}

extension Vocabulary {
    static func read(_ file: String) throws -> Vocabulary {
        try Array(file.utf8).withUnsafeBytes { try Vocabulary(.o200k, reading: $0) }
    }
}
