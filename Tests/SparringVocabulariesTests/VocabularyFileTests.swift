import Foundation
import SparringTokens
import SparringVocabularies
import Testing

@Suite("Vocabulary files")
struct VocabularyFileTests {
    @Test(
        "A published vocabulary is read with all its tokens",
        arguments: [(TokenEncoding.o200k, 199_998), (.cl100k, 100_256)])
    func loading(encoding: TokenEncoding, count: Int) throws {
        let file = try RealVocabularies.file(encoding)
        #expect(try Data(contentsOf: URL(filePath: file.path)).count == encoding.file.byteCount)
        let vocabulary = try file.load()
        #expect(vocabulary.count == count)
    }

    @Test("A vocabulary file with one changed byte is rejected with both checksums")
    func wrongSum() throws {
        let scratch = try Scratch()
        var bytes = try [UInt8](Data(contentsOf: URL(filePath: RealVocabularies.file(.cl100k).path)))
        bytes[bytes.count - 2] ^= 1
        let file = VocabularyFile(.cl100k, at: try scratch.write(bytes, to: "cl100k_base.tiktoken"))
        let problem = #expect(throws: VocabularyProblem.self) { try file.check() }
        let words = problem?.description ?? ""
        #expect(words.contains(file.path) && words.contains(TokenEncoding.cl100k.file.sha256))
        guard case .wrongSum(_, .cl100k, _, let found) = problem else { throw Unexpected(words) }
        #expect(found.count == 64 && words.contains(found))
    }

    @Test("A missing vocabulary file is named in the error")
    func missing() {
        let problem = #expect(throws: VocabularyProblem.self) { try VocabularyFile(.o200k, at: "/no/where").load() }
        #expect(problem?.description.hasPrefix("/no/where cannot be read") == true)
    }
}

@Suite("The installation of vocabularies")
struct VocabularyInstallerTests {
    @Test(
        "Vocabularies are installed from a wheel, stored or deflated",
        arguments: ["--stored", "--deflated"])
    func wheel(packing: String) throws {
        let scratch = try Scratch()
        let wheel = try Wheel.make(packing, in: scratch)
        let installed = try VocabularyInstaller(into: "\(scratch.path)/cache/sparring").install(from: wheel)
        #expect(Set(installed.map(\.encoding)) == Set(TokenEncoding.allCases))
        for file in installed { try file.check() }
    }

    @Test("Vocabularies are installed from a directory or a single file")
    func plain() throws {
        let scratch = try Scratch()
        let installer = VocabularyInstaller(into: "\(scratch.path)/cache")
        #expect(try installer.install(from: RealVocabularies.directory).count == 2)
        let single = try installer.install(from: RealVocabularies.file(.o200k).path)
        #expect(single.map(\.encoding) == [.o200k])
    }

    @Test("A damaged source, or one without vocabularies, is rejected and nothing is installed")
    func refusals() throws {
        let scratch = try Scratch()
        let installer = VocabularyInstaller(into: "\(scratch.path)/cache")
        func problem(_ path: String) -> String {
            #expect(throws: VocabularyProblem.self) { try installer.install(from: path) }?.description ?? ""
        }
        #expect(problem(try scratch.write("hello".utf8, to: "text")).contains("has no vocabulary"))
        #expect(problem(scratch.path).contains("has no vocabulary"))
        #expect(problem("/no/where").contains("cannot be read"))
        #expect(problem(try scratch.write("PK".utf8, to: "short.zip")).contains("not a ZIP archive"))
        let wheel = try [UInt8](Data(contentsOf: URL(filePath: Wheel.make("--deflated", in: scratch))))
        #expect(problem(try scratch.write(wheel.dropLast(30), to: "cut.whl")).contains("ZIP archive"))
        var damaged = wheel
        for index in stride(from: 50_000, to: 60_000, by: 100) { damaged[index] ^= 0x55 }
        let words = problem(try scratch.write(damaged, to: "damaged.whl"))
        #expect(words.contains("cannot be unpacked") || words.contains("is damaged"), "\(words)")
        #expect(!FileManager.default.fileExists(atPath: "\(scratch.path)/cache"))
    }
}

/// Makes a wheel with both vocabularies in Python.
private enum Wheel {
    static func make(_ packing: String, in scratch: Scratch) throws -> String {
        let path = "\(scratch.path)/package\(packing).whl"
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        let script = """
            import pathlib, sys, zipfile
            packing = zipfile.ZIP_STORED if sys.argv[1] == "--stored" else zipfile.ZIP_DEFLATED
            with zipfile.ZipFile(sys.argv[2], "w", packing) as wheel:
                wheel.writestr("package/__init__.py", "pass")
                for file in pathlib.Path(sys.argv[3]).iterdir():
                    wheel.write(file, f"package/_static/{file.name}")
            """
        process.arguments = ["python3", "-c", script, packing, path, RealVocabularies.directory]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "python3 made no wheel")
        return path
    }
}

private struct Unexpected: Error {
    var words: String

    init(_ words: String) { self.words = words }
}
