import Foundation
import SystemPackage
import Testing

@testable import SparringCLI

/// Tests writes that fail. `/dev/full` acts as a full disk.
@Suite("Output of commands")
struct OutputTests {
    /// A folder for one test.
    private static func folder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let url = FileManager.default.temporaryDirectory.appending(path: "sparring-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: url) }
        return try body(url)
    }

    @Test("A created file has the written text, and an existing file is emptied first")
    func create() throws {
        try Self.folder { folder in
            let path = folder.appending(path: "out").path
            for text in ["a longer text\n", "two"] {
                let output = try Output(creating: path)
                try output.write(text)
                try output.close()
                #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
            }
        }
    }

    @Test("The error of a full disk names the file")
    func full() throws {
        let output = try Output(creating: "/dev/full")
        let error = #expect(throws: OutputError.self) { try output.write("x") }
        #expect(error?.description.hasPrefix("cannot write /dev/full: ") == true)
        #expect(CommandError(try #require(error))?.exitCode == .ioError)
    }

    @Test("A pipe without a reader causes a different error")
    func noReader() throws {
        let pipe = try FileDescriptor.pipe()
        try pipe.readEnd.close()
        defer { try? pipe.writeEnd.close() }
        signal(SIGPIPE, SIG_IGN)
        let output = try Output(creating: "/dev/fd/\(pipe.writeEnd.rawValue)")
        #expect(throws: OutputError.readerGone) { try output.write("x") }
        #expect(CommandEnd(OutputError.readerGone).isReaderGone)
    }

    @Test("A whole file replaces a regular file, and a missing folder is created")
    func replace() throws {
        try Self.folder { folder in
            let path = folder.appending(path: "deep/er/file").path
            for text in ["one", "two"] {
                try OutputFiles.write(text, to: path)
                #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "deep/er").path)
            #expect(names == ["file"])
        }
    }

    @Test("Text for a device, or a link to one, is written to the device and does not replace it")
    func device() throws {
        try Self.folder { folder in
            // A link to the device: a wrong replacement would only destroy the link.
            let link = folder.appending(path: "full").path
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/dev/full")
            #expect(throws: OutputError.self) { try OutputFiles.write("x", to: link) }
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "/dev/full")
            for place in [link, "/dev/full", "/dev/null"] { #expect(!OutputFiles.isReplaceable(place)) }
        }
    }

    @Test("The error of a folder that cannot be created names the folder")
    func noFolder() throws {
        let error = #expect(throws: OutputError.self) { try OutputFiles.write("x", to: "/dev/null/folder/file") }
        #expect(error?.description.contains("/dev/null/folder/file") == true)
    }

    private static func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test("A new file with bodies is readable for its owner alone, and an existing one keeps its mode")
    func privateFile() throws {
        try Self.folder { folder in
            let path = folder.appending(path: "run.html").path
            try PrivateFile.write(Array("one".utf8), to: path)
            #expect(try Self.mode(path) == 0o600)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            try PrivateFile.write(Array("two".utf8), to: path)
            #expect(try Self.mode(path) == 0o644)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "two")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["run.html"])
            try PrivateFile.write([0x78], to: "/dev/null")
        }
    }

    @Test("A file is checked before it is written: its folder is created, and nothing else changes")
    func prepared() throws {
        try Self.folder { folder in
            let path = folder.appending(path: "new/run.html").path
            #expect(try PrivateFile.prepare(path) == folder.appending(path: "new").path)
            #expect(try PrivateFile.prepare(path) == nil)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "new").path) == [])
            try Data("old".utf8).write(to: URL(filePath: path))
            #expect(try PrivateFile.prepare(path) == nil)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
            #expect(try PrivateFile.prepare("/dev/null") == nil)
            for bad in [folder.path, "/dev/null/x/run.html", "/proc/self/run.html"] {
                let error = #expect(throws: OutputError.self) { try PrivateFile.prepare(bad) }
                #expect(error?.description.hasPrefix("cannot write \(bad): ") == true)
            }
        }
    }
}
