import Foundation
import SparringConformance

/// The log of a run on disk. Each event is written as it happens, so that the log survives a crash.
struct EventFile: Sendable {
    private let output: Output

    init(path: String) throws(OutputError) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        let isNew = !FileManager.default.fileExists(atPath: folder.path)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            // Logs of runs must not be committed to the graded project.
            if isNew, folder.lastPathComponent == ".sparring" {
                try Data("*\n".utf8).write(to: folder.appendingPathComponent(".gitignore"))
            }
        } catch {
            throw .failed(name: path, reason: error.localizedDescription)
        }
        output = try Output(creating: path)
    }

    func write(_ event: RunEvent) throws(OutputError) { try output.write(event.line) }
}

/// Writes the events of a run while it lasts.
struct EventWriter: Sendable {
    let file: EventFile
    /// Whether events are also written to standard output (`--format json`).
    let isPrinted: Bool

    func write(_ event: RunEvent) throws(OutputError) {
        try file.write(event)
        if isPrinted { try StandardOutput.write(event.line) }
    }
}
