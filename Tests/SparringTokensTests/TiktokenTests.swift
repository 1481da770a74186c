import Foundation
import SparringTokens
import Testing

/// Compares Sparring's counts with tiktoken's, using the real vocabularies. `make test` installs both; see
/// CONTRIBUTING.md.
@Suite("Token counts compared with tiktoken", .timeLimit(.minutes(20)))
struct TiktokenTests {
    @Test("10,000 strings have the same token ids as in tiktoken")
    func strings() throws { try compare(["10000"]) }

    @Test("Every kind of character is split as in tiktoken")
    func scalars() throws { try compare(["--scalars"]) }

    @Test("A megabyte of one letter is counted correctly in less than a minute of work")
    func longRun() throws {
        let vocabulary = try Self.vocabulary(.o200k)
        // The value is tiktoken's count. The tests above compare the ids of shorter runs with tiktoken's.
        let text = String(repeating: "a", count: 1_000_000)
        let start = Self.work
        #expect(vocabulary.count(text) == 125_000)
        #expect(Self.work - start < .seconds(60))
    }

    /// The processor time of this thread, which excludes the time of other threads.
    private static var work: Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    private struct Row: Decodable {
        var text: String
        var o200k_base: [Int]
        var cl100k_base: [Int]
    }

    private func compare(_ arguments: [String]) throws {
        let rows = try Self.reference(arguments)
        #expect(rows.count > 1_000)
        for (encoding, path) in [(TokenEncoding.o200k, \Row.o200k_base), (.cl100k, \Row.cl100k_base)] {
            let vocabulary = try Self.vocabulary(encoding)
            var wrong = 0
            for row in rows {
                let ids = vocabulary.encode(row.text)
                guard ids != row[keyPath: path] || vocabulary.count(row.text) != ids.count else { continue }
                wrong += 1
                if wrong <= 3 {
                    Issue.record("\(encoding): \(row.text.debugDescription): \(ids), not \(row[keyPath: path])")
                }
            }
            #expect(wrong == 0, "\(encoding): \(wrong) of \(rows.count) differ")
        }
    }

    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let vocabularies = root.appending(path: ".vocabularies")

    private static func vocabulary(_ encoding: TokenEncoding) throws -> Vocabulary {
        let file = vocabularies.appending(path: encoding.file.cacheName)
        let data = try #require(
            try? Data(contentsOf: file),
            "no vocabulary at \(file.path): run scripts/venv.sh, then scripts/vocabularies.sh")
        return try data.withUnsafeBytes { try Vocabulary(encoding, reading: $0) }
    }

    private static func reference(_ arguments: [String]) throws -> [Row] {
        let process = Process()
        process.executableURL = root.appending(path: ".venv/bin/python3")
        process.arguments = [root.appending(path: "fixtures/tokens/reference.py").path] + arguments
        process.environment = ["TIKTOKEN_CACHE_DIR": vocabularies.path]
        let output = Pipe()
        process.standardOutput = output
        try #require(
            FileManager.default.isExecutableFile(atPath: process.executableURL?.path ?? ""),
            "no Python with tiktoken: run scripts/venv.sh")
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "reference.py ended with \(process.terminationStatus)")
        let decoder = JSONDecoder()
        return try data.split(separator: 0x0A).map { try decoder.decode(Row.self, from: $0) }
    }
}
