import ArgumentParser
import Foundation
import SparringConformance

/// The log of a run on disk, written as it happens: what there is survives whatever ends the run.
struct EventFile: Sendable {
    private let handle: FileHandle

    init(path: String) throws {
        let url = URL(fileURLWithPath: path)
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data().write(to: url)
            handle = try FileHandle(forWritingTo: url)
        } catch {
            throw Failure.say("sparring: cannot write \(path): \(error.localizedDescription)", .ours)
        }
    }

    func write(_ event: RunEvent) { handle.write(Data(event.line.utf8)) }
}
