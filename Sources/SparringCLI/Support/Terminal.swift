import Foundation
import SparringReport

/// A standard stream as a terminal.
struct Terminal: Sendable {
    /// Whether the stream is a terminal that understands escape sequences.
    let isInteractive: Bool
    let style: TextStyle

    /// - Parameters:
    ///   - descriptor: of the stream.
    ///   - environment: `NO_COLOR` (https://no-color.org) switches colors off if it is not empty; so does `TERM=dumb`.
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
