import ArgumentParser
import Foundation
import SparringDriver

/// The process that takes away what a killed Sparring leaves behind. Sparring starts it; it is not for users.
struct CleanupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "_cleanup", abstract: "End what a killed sparring has started.", shouldDisplay: false)

    /// How this program starts itself as that process.
    static func process() -> CleanupProcess? {
        #if os(Linux)
            // Stays right when the file is replaced while the program runs.
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
