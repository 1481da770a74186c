import Foundation
import SparringTokens
import SparringVocabularies
import Testing

/// The published vocabularies, which `make test` downloads.
enum RealVocabularies {
    static let directory = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: ".vocabularies").path

    static func file(_ encoding: TokenEncoding) throws -> VocabularyFile {
        let path = "\(directory)/\(encoding.file.cacheName)"
        try #require(FileManager.default.fileExists(atPath: path), "no \(path): run scripts/vocabularies.sh")
        return VocabularyFile(encoding, at: path)
    }

    static let counters = TokenCounters(exact: Set(TokenEncoding.allCases)) { encoding in
        try? RealVocabularies.file(encoding).load()
    }
}

/// A temporary directory for one test.
final class Scratch {
    let path = FileManager.default.temporaryDirectory.appending(path: "sparring-\(UUID().uuidString)").path

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
        try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
        return "\(path)/\(name)"
    }
}
