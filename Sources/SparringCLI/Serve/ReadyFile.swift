import Foundation

/// The file to which a server writes its base URL when it accepts connections. `-` means standard output.
struct ReadyFile {
    private let path: String

    /// - Parameter path: the path; nil if the user has set none.
    init?(_ path: String?) {
        guard let path else { return nil }
        self.path = path
    }

    /// Writes the file atomically.
    func write(_ baseURL: String) throws(OutputError) {
        guard path != "-" else { return try StandardOutput.print(baseURL) }
        try OutputFiles.write(baseURL + "\n", to: path)
    }

    /// Removes the file when the server has stopped. Devices such as `/dev/stdout` are not removed.
    func remove() {
        if path != "-", OutputFiles.isReplaceable(path) { try? FileManager.default.removeItem(atPath: path) }
    }
}
