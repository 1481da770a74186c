import Foundation
import SparringReport

/// A standard stream as a terminal.
struct Terminal: Sendable {
    /// Whether the stream is a terminal that understands escape sequences.
    let isInteractive: Bool
    let style: TextStyle

    /// - Parameters:
    ///   - descriptor: the descriptor of the stream.
    ///   - environment: the variables. Colors are off if `NO_COLOR` (https://no-color.org) is not empty, or with
    ///   `TERM=dumb`.
    init(
        descriptor: Int32, environment: [String: String] = ProcessInfo.processInfo.environment,
        isTerminal: (Int32) -> Bool = { isatty($0) == 1 }
    ) {
        isInteractive = isTerminal(descriptor) && environment["TERM"] != "dumb"
        style = TextStyle(isColored: isInteractive && environment["NO_COLOR", default: ""].isEmpty)
    }

    static let standardError = Terminal(descriptor: STDERR_FILENO)
    static let standardOutput = Terminal(descriptor: STDOUT_FILENO)
}
