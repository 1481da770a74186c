import ArgumentParser
import Foundation
import SparringDriver

/// The process that cleans up after Sparring is killed: it removes files and ends programs. Sparring starts it; users
/// do not.
struct CleanupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "_cleanup", abstract: "Clean up after a killed sparring.", shouldDisplay: false)

    /// This program, to be started as the cleanup process.
    static func process() -> CleanupProcess? {
        #if os(Linux)
            // This path still leads to this program if its file is replaced while it runs.
            let program: String? = "/proc/self/exe"
        #else
            let program = Bundle.main.executablePath
        #endif
        return program.map { CleanupProcess(program: $0, arguments: ["sparring", "_cleanup"]) }
    }

    func run() async {
        await CleanupProcess.serve { try? FileManager.default.removeItem(atPath: $0) }
    }
}
