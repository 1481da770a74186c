import Foundation
import SparringExchange
import Testing

@testable import SparringCLI

@Suite("Files that `view` shows")
struct ViewedLogTests {
    private static func line(_ number: Int) -> String {
        #"{"number":\#(number),"session":"default","method":"GET","path":"/v1/models","status":200,"timeline":[]}"#
    }

    /// The file of a text, until `body` has returned.
    private static func with<Result>(_ text: String, _ body: (String) throws -> Result) throws
        -> Result
    {
        let file = FileManager.default.temporaryDirectory.appending(
            path: "view-\(UUID().uuidString).jsonl")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try body(file.path)
    }

    @Test("Lines of a log are its exchanges, and events of other kinds are not")
    func lines() throws {
        let text = """
            {"event":"run.start","schema":1}

            {"event":"wire","case":"a.b","exchange":\(Self.line(1))}
            {"event":"case.end","case":"a.b"}
            \(Self.line(2))
            {"event":"exchange",\(Self.line(3).dropFirst())
            {"event":"end","ms":1}

            """
        try Self.with(text) { path in
            let log = try ViewedLog(path)
            #expect(try log.exchanges(at: 0..<log.count, for: nil).map(\.exchange.number) == [1, 2, 3])
            #expect(log.notes.isEmpty)
        }
    }

    @Test(
        "A log that was cut off is shown without its last line, and says so", arguments: [1, 20, 60])
    func cutOff(bytes: Int) throws {
        let text = Self.line(1) + "\n" + Self.line(2).prefix(bytes)
        try Self.with(text) { path in
            let log = try ViewedLog(path)
            #expect(try log.exchanges(at: 0..<log.count, for: nil).map(\.exchange.number) == [1])
            #expect(log.notes == ["\(path) was cut off in its last line, which is not shown."])
        }
    }

    @Test("Lines that are not JSON are skipped, because a terminal mixes the log with the banner of `serve`")
    func banner() throws {
        try Self.with("sparring 0.1.0\n\(Self.line(1))\n") { path in
            let log = try ViewedLog(path)
            #expect(try log.exchanges(at: 0..<log.count, for: nil).map(\.exchange.number) == [1])
        }
    }

    @Test("A log that becomes shorter while it is shown has lines that cannot be read")
    func shortened() throws {
        try Self.with("\(Self.line(1))\n\(Self.line(2))\n") { path in
            let log = try ViewedLog(path)
            try Data().write(to: URL(filePath: path))
            #expect(try log.exchanges(at: 0..<log.count, for: nil).map(\.exchange.number) == [0, 0])
        }
    }

    @Test("A line that cannot be read is shown as such, between the others")
    func broken() throws {
        let text = [Self.line(1), #"{"number":broken}"#, Self.line(3), ""].joined(separator: "\n")
        try Self.with(text) { path in
            let log = try ViewedLog(path)
            #expect(try log.exchanges(at: 0..<log.count, for: nil).map(\.exchange.number) == [1, 0, 3])
            let place = Self.line(1).utf8.count + 1
            #expect(
                try log.exchanges(at: 1..<2, for: nil)[0].exchange.decision.unmatched
                    == "the line at byte \(place) of the file cannot be read")
        }
    }

    @Test(
        "A file that is no log is an error that names it",
        arguments: [
            ("", "the file is empty"), ("<!DOCTYPE html>\n", "open it in a browser"),
            ("hello\n", "has no line of JSON"), ("[1]\n", "has no line of JSON"),
            ("{\"a\":1}\n", "but no exchange"),
            ("{\"event\":\"end\"}\n", "but no exchange"),
        ])
    func foreign(text: String, words: String) throws {
        try Self.with(text) { path in
            let error = #expect(throws: CommandError.self) { try ViewedFiles.open(path) }
            #expect(
                error?.text.hasPrefix(path) == true && error?.text.contains(words) == true,
                "\(error?.text ?? "")")
            #expect(error?.exitCode == .badFile)
        }
    }

    @Test(
        "A folder that is no cassette is an error that names the files in it that can be viewed",
        arguments: [
            ([:], "it is empty"), (["notes.txt": "x"], "it has no file that can be viewed"),
            (["run.sqlite": "", ".sparring/report.jsonl": ""], "it has DIR/run.sqlite, DIR/.sparring/report.jsonl."),
            (["report.jsonl": #"{"event":"run.start"}"#], "it has DIR/report.jsonl."),
            (["empty.jsonl": ""], "it has DIR/empty.jsonl."),
            (
                ["1.db": "", "2.db": "", "3.db": "", "4.db": "", "5.db": "", "6.db": "", "7.db": ""],
                "DIR/5.db and 2 more."
            ),
        ] as [([String: String], String)])
    func folder(files: [String: String], words: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "view-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder.appending(path: ".sparring"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        if !files.keys.contains(where: { $0.hasPrefix(".sparring") }) {
            try FileManager.default.removeItem(at: folder.appending(path: ".sparring"))
        }
        for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
        let error = #expect(throws: CommandError.self) { try ViewedFiles.open(folder.path) }
        let text = error?.text.replacing(folder.path, with: "DIR") ?? ""
        #expect(text.hasPrefix("DIR: the folder is not a cassette; ") && text.contains(words), "\(text)")
        #expect(text.contains("`sparring view` shows a journal") && error?.exitCode == .badFile)
    }

    @Test("A folder with files of another version of cassettes gets the message for cassettes")
    func newerFolder() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "view-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("{\"tape\":99}\n".utf8).write(to: folder.appending(path: "default.jsonl"))
        let error = #expect(throws: (any Error).self) { try ViewedFiles.open(folder.path) }
        #expect(
            error.map { "\($0)".contains("does not begin with the header of a cassette") } == true, "\(error as Any)")
    }

    @Test(
        "A file that is missing, or a device, is an error that names it",
        arguments: ["/no/such/file", "/dev/null"])
    func missing(path: String) {
        let error = #expect(throws: CommandError.self) { try ViewedFiles.open(path) }
        #expect(error?.text.hasPrefix("\(path): ") == true)
    }
}
