import Foundation

/// The file in which a server writes its base URL once it accepts connections. `-` is standard output.
struct ReadyFile {
    private let path: String

    /// - Parameter path: nil if the user asks for none.
    init?(_ path: String?) {
        guard let path else { return nil }
        self.path = path
    }

    /// Writes the file atomically.
    func write(_ baseURL: String) throws(OutputError) {
        guard path != "-" else { return try StandardOutput.print(baseURL) }
        try OutputFiles.write(baseURL + "\n", to: path)
    }

    /// Removes the file when the server has stopped. Devices such as `/dev/stdout` stay.
    func remove() {
        if path != "-", OutputFiles.isReplaceable(path) { try? FileManager.default.removeItem(atPath: path) }
    }
}
