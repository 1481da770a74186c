import Foundation
import Sparring
import SparringStore

/// Determines the kind of a file by its first bytes.
enum ViewedFiles {
    /// `PRAGMA application_id` of a cassette: `SPRT`. Every other database is opened as a journal, whose error says that the file is not a journal.
    private static let cassette: [UInt8] = [0x53, 0x50, 0x52, 0x54]
    private static let database = Array("SQLite format 3\0".utf8)

    /// - Throws: an error that names the file and describes the problem.
    static func open(_ path: String) throws -> any ViewedFile {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw CommandError(mistakes: ["\(path): no such file"])
        }
        if isFolder.boolValue { return try ViewedFolder.open(path) }
        guard OutputFiles.isReplaceable(URL(filePath: path).resolvingSymlinksInPath().path) else {
            throw CommandError(mistakes: ["\(path): is a device or a pipe, not a file"])
        }
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw CommandError(mistakes: ["\(path): cannot be read"])
        }
        let head = Array((try? file.read(upToCount: 100)) ?? Data())
        try? file.close()
        guard !head.isEmpty else {
            throw CommandError(mistakes: ["\(path): the file is empty. \(ViewedFolder.kinds)."])
        }
        guard !String(decoding: head, as: UTF8.self).lowercased().hasPrefix("<!doctype html") else {
            throw CommandError(mistakes: ["\(path): is an HTML page; open it in a browser. \(ViewedFolder.kinds)."])
        }
        guard head.starts(with: database) else { return try ViewedLog(path) }
        // The application's id is at byte 68 of the header: https://www.sqlite.org/fileformat.html
        return head.dropFirst(68).starts(with: cassette)
            ? try ViewedCassette(path) : try ViewedJournal(path)
    }
}
