import Foundation
import SparringConformance

/// The log of a run on disk, written as it happens: it survives whatever ends the run.
struct EventFile: Sendable {
    private let output: Output

    init(path: String) throws(OutputError) {
        do {
            try FileManager.default.createDirectory(
                at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
        } catch {
            throw .failed(name: path, reason: error.localizedDescription)
        }
        output = try Output(creating: path)
    }

    func write(_ event: RunEvent) throws(OutputError) { try output.write(event.line) }
}

/// Where the events of a run go while it lasts.
struct EventWriter: Sendable {
    let file: EventFile
    /// On standard output, too (`--format json`).
    let isPrinted: Bool

    func write(_ event: RunEvent) throws(OutputError) {
        try file.write(event)
        if isPrinted { try StandardOutput.write(event.line) }
    }
}
