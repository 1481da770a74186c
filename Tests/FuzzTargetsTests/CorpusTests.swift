import Foundation
import FuzzTargets
import Testing

/// The corpora of `make fuzz`, without a sanitizer: every input once, and changed inputs that are the same in every run.
@Suite("Corpora of the fuzz targets", .timeLimit(.minutes(10)))
struct CorpusTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fuzz/Corpora")
    private static let names = FuzzTarget.all.map(\.name)
    private static let mutationsOfEach: UInt64 = 300

    private static func inputs(of name: String) throws -> [(name: String, bytes: [UInt8])] {
        let files = try FileManager.default.contentsOfDirectory(
            at: folder.appending(path: name), includingPropertiesForKeys: nil)
        return try files.sorted { $0.path < $1.path }.map { ($0.lastPathComponent, try [UInt8](Data(contentsOf: $0))) }
    }

    private static func target(_ name: String) throws -> FuzzTarget {
        try #require(FuzzTarget.all.first { $0.name == name })
    }

    @Test("Every fuzz target has a corpus, and every corpus has a target")
    func everyTargetHasACorpus() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(folders.sorted() == Self.names.sorted())
        for name in Self.names { #expect(try !Self.inputs(of: name).isEmpty, "\(name) has no input") }
    }

    @Test("A parser handles every input of its corpus", arguments: names)
    func wholeCorpus(name: String) throws {
        let target = try Self.target(name)
        for input in try Self.inputs(of: name) { #expect(target.run(input.bytes) == nil, "\(name)/\(input.name)") }
    }

    @Test("A parser handles changed inputs of its corpus", arguments: names)
    func mutations(name: String) throws {
        let target = try Self.target(name)
        let corpus = try Self.inputs(of: name).map(\.bytes)
        for seed in 0..<Self.mutationsOfEach {
            var mutations = Mutations(seed: seed)
            let input = mutations.next(from: corpus)
            #expect(target.run(input) == nil, "seed \(seed), in base64: \(Data(input).base64EncodedString())")
        }
    }
}
