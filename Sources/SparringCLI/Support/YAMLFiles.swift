import Foundation

/// Finds the YAML files for a path on the command line.
enum YAMLFiles {
    /// - Returns: the path itself, or the `.yaml` and `.yml` files of a folder and its subfolders, sorted by path.
    static func at(_ path: String) throws(CommandError) -> [String] {
        guard isFolder(path) else { return [path] }
        let names: [String]
        do { names = try FileManager.default.subpathsOfDirectory(atPath: path).sorted() } catch {
            throw CommandError(mistakes: ["\(path): \(error.localizedDescription)"])
        }
        return names.filter { name in [".yaml", ".yml"].contains { name.hasSuffix($0) } }
            .map { path.hasSuffix("/") ? path + $0 : "\(path)/\($0)" }
    }

    static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
