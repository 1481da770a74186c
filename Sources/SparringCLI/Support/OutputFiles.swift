import Foundation

/// Writes whole files.
enum OutputFiles {
    /// Writes the file, and creates its folder if it is missing.
    ///
    /// A regular file is replaced atomically, so that no reader finds half a file. A device or a pipe is written to directly.
    static func write(_ text: String, to path: String) throws(OutputError) { try write(Array(text.utf8), to: path) }

    static func write(_ bytes: [UInt8], to path: String) throws(OutputError) {
        let file = URL(fileURLWithPath: path)
        do {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            if isReplaceable(path) { return try Data(bytes).write(to: file, options: .atomic) }
        } catch {
            throw .failed(name: path, reason: error.localizedDescription)
        }
        let output = try Output(creating: path)
        try output.write(bytes)
        try output.close()
    }

    /// Whether a new file may replace the path. A device (`/dev/stdout`, `/dev/full`) or a link must not be replaced.
    static func isReplaceable(_ path: String) -> Bool {
        guard let kind = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType else {
            return true
        }
        return kind == .typeRegular
    }
}
