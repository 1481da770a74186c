#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file that a scenario names: beside it, or in a folder below.
enum BodyFile {
    /// In bytes: a body is held for as long as its scenario.
    static let limit = 64 << 20

    /// Why its bytes cannot be had.
    struct Problem: Error, Hashable {
        var reason: String
    }

    /// - Parameters:
    ///   - name: as the scenario has it.
    ///   - scenario: the path of its file.
    static func bytes(_ name: String, besides scenario: String) throws(Problem) -> [UInt8] {
        guard !name.isEmpty, !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else {
            throw Problem(reason: "a file is named from the scenario's folder, and lies in it or below: bodies/1.json")
        }
        let folder = scenario.lastIndex(of: "/").map { String(scenario[...$0]) } ?? ""
        guard let file = fopen(folder + name, "rb") else {
            throw Problem(reason: "there is no file '\(folder)\(name)' that can be read")
        }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = fread(&piece, 1, piece.count, file)
            guard count > 0 else { break }
            bytes += piece[..<count]
            guard bytes.count <= limit else { throw Problem(reason: "'\(name)' has more than \(limit >> 20) MB") }
        }
        guard ferror(file) == 0 else { throw Problem(reason: "'\(folder)\(name)' cannot be read") }
        return bytes
    }
}
