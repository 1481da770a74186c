import Foundation

/// Reads a text file that the user has named.
enum TextFile {
    /// - Throws: an error that says what is wrong with the file: it is missing, is a folder, cannot be read or is not text.
    static func read(_ path: String) throws(CommandError) -> String {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw CommandError(mistakes: ["\(path): no such file"])
        }
        guard !isFolder.boolValue else { throw CommandError(mistakes: ["\(path): is a folder, not a file"]) }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandError(mistakes: ["\(path): cannot be read"])
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw CommandError(mistakes: ["\(path): is not UTF-8 text"])
        }
        return text
    }
}
