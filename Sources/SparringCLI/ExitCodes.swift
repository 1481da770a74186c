import ArgumentParser

/// What the process says when it ends, beside 0 (held) and 1 (did not).
extension ExitCode {
    /// Bad usage, or nothing matched.
    static let usage = ExitCode(64)
    /// A file with mistakes.
    static let badFile = ExitCode(65)
    /// The program under test could not be driven.
    static let undriven = ExitCode(69)
    /// Our own bug, or the machine's: a port that is taken, a file that cannot be written.
    static let ours = ExitCode(70)
    static let interrupted = ExitCode(130)
}
