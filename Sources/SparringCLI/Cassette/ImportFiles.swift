import Foundation
import SparringCassette
import SparringStore

/// Finds the files that the arguments of `cassette import` name: files, folders with their subfolders, and patterns.
enum ImportFiles {
    struct Found {
        var path: String
        /// Whether the argument is this file, rather than a folder or a pattern.
        var isNamed: Bool

        func isSame(as other: String) -> Bool {
            let paths = [path, other].map { URL(filePath: $0).standardizedFileURL.path }
            return paths[0] == paths[1]
        }
    }

    /// Returns each file once.
    static func find(_ arguments: [String]) -> [Found] {
        var seen: Set<String> = []
        return all(arguments).filter { seen.insert($0.path).inserted }
    }

    private static func all(_ arguments: [String]) -> [Found] {
        arguments.flatMap { argument -> [Found] in
            let named = [Found(path: argument, isNamed: true)]
            if let isFolder = isFolder(argument) { return isFolder && !isCassette(argument) ? below(argument) : named }
            let found = isPattern(argument) ? matches(argument) : []
            guard !found.isEmpty else { return named }
            return found.flatMap { path in
                isFolder(path) == true && !isCassette(path) ? below(path) : [Found(path: path, isNamed: false)]
            }
        }
    }

    /// Nil if the path does not exist.
    private static func isFolder(_ path: String) -> Bool? {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) ? isFolder.boolValue : nil
    }

    private static func names(in folder: String) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)
        return (names ?? []).filter { !$0.hasPrefix(".") }.sorted()
    }

    /// Whether a folder is a cassette: one of its files begins with a cassette's header.
    private static func isCassette(_ folder: String) -> Bool {
        names(in: folder).contains { name in
            guard name.hasSuffix(".jsonl") else { return false }
            return (try? ImportSource("\(folder)/\(name)").cassetteHeader()) != nil
        }
    }

    // MARK: Folders

    /// Finds recordings by the endings of their names, sorted by path. WireMock's folder of bodies is skipped.
    private static func below(_ folder: String) -> [Found] {
        names(in: folder).flatMap { name -> [Found] in
            let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
            guard isFolder(path) == true else {
                return endings.contains(ending(of: name)) ? [Found(path: path, isNamed: false)] : []
            }
            if name == "__files" { return [] }
            return isCassette(path) ? [Found(path: path, isNamed: false)] : below(path)
        }
    }

    private static let endings = Set(ImportFormat.allCases.flatMap(\.endings))

    /// The ending of a name, in lower case and without `.gz`.
    static func ending(of name: String) -> String {
        let url = URL(filePath: name.lowercased())
        return url.pathExtension == "gz" ? url.deletingPathExtension().pathExtension : url.pathExtension
    }

    // MARK: Patterns

    private static func isPattern(_ text: String) -> Bool { text.contains { "*?[".contains($0) } }

    /// Expands `*`, `?` and `[…]` within a name, and `**` for any number of folders.
    private static func matches(_ pattern: String) -> [String] {
        let parts = pattern.split(separator: "/").map(String.init)
        return matches(parts[...], in: pattern.hasPrefix("/") ? "/" : "")
    }

    private static func matches(_ parts: ArraySlice<String>, in folder: String) -> [String] {
        guard let part = parts.first else { return [folder] }
        let rest = parts.dropFirst()
        func path(_ name: String) -> String { folder.isEmpty || folder == "/" ? folder + name : "\(folder)/\(name)" }
        if part == "**" {
            let folders = names(in: folder).map(path).filter { isFolder($0) == true }
            return matches(rest, in: folder) + folders.flatMap { matches(parts, in: $0) }
        }
        guard isPattern(part) else {
            return isFolder(path(part)) == nil ? [] : matches(rest, in: path(part))
        }
        return names(in: folder).filter { fnmatch(part, $0, 0) == 0 }.flatMap { name in
            rest.isEmpty || isFolder(path(name)) == true ? matches(rest, in: path(name)) : []
        }
    }
}
