#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads a file that a scenario names, from the scenario's folder or below.
enum BodyFile {
    /// The largest file, in bytes. Bodies stay in memory as long as their scenario.
    static let limit = 64 << 20

    /// The reason why the file cannot be read.
    struct Problem: Error, Hashable {
        var reason: String
    }

    /// - Parameters:
    ///   - name: the path as written in the scenario, relative to its folder.
    ///   - scenario: the path of the scenario's file.
    static func bytes(_ name: String, besides scenario: String) throws(Problem) -> [UInt8] {
        guard !name.isEmpty, !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else {
            throw Problem(reason: "the file must be in the scenario's folder or below, such as bodies/1.json")
        }
        let folder = scenario.lastIndex(of: "/").map { String(scenario[...$0]) } ?? ""
        guard let file = fopen(folder + name, "rb") else {
            throw Problem(reason: "the file '\(folder)\(name)' does not exist or cannot be read")
        }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = fread(&piece, 1, piece.count, file)
            guard count > 0 else { break }
            bytes += piece[..<count]
            guard bytes.count <= limit else { throw Problem(reason: "'\(name)' is larger than \(limit >> 20) MB") }
        }
        guard ferror(file) == 0 else { throw Problem(reason: "'\(folder)\(name)' cannot be read") }
        return bytes
    }
}
