import ArgumentParser
import Foundation
import SparringDriver

/// The process that removes the files and ends the programs of a killed Sparring. Sparring starts it; it is not for users.
struct CleanupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "_cleanup", abstract: "Clean up after a killed sparring.", shouldDisplay: false)

    /// This program, started as the cleanup process.
    static func process() -> CleanupProcess? {
        #if os(Linux)
            // Still names this program if its file is replaced while it runs.
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
