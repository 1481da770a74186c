import Foundation
import SparringDriver

/// The file in which a server writes its base URL once it accepts connections. `-` is standard output.
struct ReadyFile {
    private let path: String

    /// - Parameter path: nil where nobody waits for it.
    init?(_ path: String?) {
        guard let path else { return nil }
        self.path = path
    }

    /// Writes it at once and whole.
    func write(_ baseURL: String) throws(OutputError) {
        guard path != "-" else { return try StandardOutput.print(baseURL) }
        if let item { CleanupProcess.current?.add(item) }
        try OutputFiles.write(baseURL + "\n", to: path)
    }

    /// The server is gone.
    func remove() {
        guard let item else { return }
        try? FileManager.default.removeItem(atPath: path)
        CleanupProcess.current?.remove(item)
    }

    /// Only a regular file goes with the server: `/dev/stdout` stays.
    private var item: CleanupList.Item? {
        guard path != "-", OutputFiles.isReplaceable(path) else { return nil }
        return .path(URL(fileURLWithPath: path).standardizedFileURL.path)
    }
}
