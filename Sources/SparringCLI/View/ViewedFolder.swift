import Foundation
import Sparring
import SparringJSON

/// A folder that `sparring view` is given: a cassette, or a folder that has files to view.
enum ViewedFolder {
    /// The kinds of files that can be viewed, in the words of messages.
    static let kinds = "`sparring view` shows a journal (--db), a cassette (a file or a folder) or a log in JSON Lines"

    /// - Throws: an error that names the files of the folder that can be viewed.
    static func open(_ path: String) throws -> any ViewedFile {
        let logs = names(in: path).filter { $0.hasSuffix(".jsonl") }
        guard logs.contains(where: { isCassette("\(path)/\($0)") }) else {
            throw CommandError(mistakes: ["\(path): the folder is not a cassette; \(found(in: path)). \(kinds)."])
        }
        return try ViewedCassette(path)
    }

    /// Whether the first line is the header of a cassette of any version. Also true if the file cannot be read: the cassette's own message
    /// then gives the reason.
    private static func isCassette(_ file: String) -> Bool {
        guard let handle = FileHandle(forReadingAtPath: file) else { return true }
        defer { try? handle.close() }
        let head = (try? handle.read(upToCount: 64 << 10)) ?? Data()
        let line = Array(head.prefix { $0 != 0x0A })
        return (try? JSONValue.parse(line))?.object?.names.first == "tape"
    }

    private static func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    /// Names at most five files of the folder and of its subfolder `.sparring`.
    private static func found(in path: String) -> String {
        let all = names(in: path)
        guard !all.isEmpty else { return "it is empty" }
        let places = all.map { "\(path)/\($0)" } + names(in: "\(path)/.sparring").map { "\(path)/.sparring/\($0)" }
        let files = places.filter { place in endings.contains { place.hasSuffix($0) } }
        guard !files.isEmpty else { return "it has no file that can be viewed" }
        let more = files.count > 5 ? " and \(files.count - 5) more" : ""
        return "it has \(files.prefix(5).map { shortened($0) }.joined(separator: ", "))\(more)"
    }

    private static func shortened(_ path: String) -> String { path.hasPrefix("./") ? String(path.dropFirst(2)) : path }

    private static let endings = [".sqlite", ".sqlite3", ".db", ".jsonl", ".ndjson"]
}
