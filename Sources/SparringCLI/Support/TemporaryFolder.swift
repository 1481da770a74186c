import Foundation
import SparringDriver

/// A folder for files of a running command. The folder is removed when the command ends, even if the command is killed.
struct TemporaryFolder {
    let url: URL

    init() throws(OutputError) {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("sparring-\(UUID().uuidString)")
        CleanupProcess.current?.add(.path(url.path))
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw .failed(name: url.path, reason: error.localizedDescription)
        }
    }

    func remove() {
        try? FileManager.default.removeItem(at: url)
        CleanupProcess.current?.remove(.path(url.path))
    }
}
