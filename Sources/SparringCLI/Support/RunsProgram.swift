/// A command that starts the program after `--`.
protocol RunsProgram {
    /// The program and its arguments.
    var command: [String] { get set }
}
