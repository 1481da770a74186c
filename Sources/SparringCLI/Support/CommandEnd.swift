import ArgumentParser
import Foundation

/// The end of the process: its last output and its exit code. All errors of commands are printed here.
struct CommandEnd {
    let text: String
    let exitCode: Int32
    /// Whether the text is an answer that the user requested, such as help or the version. False for an error.
    let isAnswer: Bool
    /// Whether the reader of the output has closed the pipe.
    let isReaderGone: Bool

    /// - Parameters:
    ///   - error: the error that a command threw; may be an `ExitCode`.
    ///   - arguments: the arguments of the process, without its own name, for hints about wrong usage.
    init(_ error: any Error, arguments: [String] = []) {
        isReaderGone = error as? OutputError == .readerGone
        if let error = CommandError(error) {
            (text, exitCode, isAnswer) = (error.text, error.exitCode.rawValue, false)
        } else {
            // The error comes from the argument parser: wrong usage, `--help`, `--version`, completion scripts.
            exitCode = SparringCommand.exitCode(for: error).rawValue
            let message = SparringCommand.fullMessage(for: error)
            isAnswer = exitCode == 0
            let hint = MissingSeparator.hint(for: arguments, of: SparringCommand.self, after: message)
            // All errors begin with the same prefix.
            text =
                (isAnswer || !message.hasPrefix("Error: ") ? message : "sparring: \(message.dropFirst(7))")
                + (hint.map { "\n\($0)" } ?? "")
        }
    }

    func exit() -> Never {
        if isReaderGone { Self.exitBySignal() }
        do {
            if !text.isEmpty { try isAnswer ? StandardOutput.print(text) : StandardError.write(text + "\n") }
        } catch {
            guard isAnswer, error != .readerGone else { Self.exit(after: error) }
            CommandEnd(error).exit()
        }
        Foundation.exit(exitCode)
    }

    /// Standard error cannot be written, so only the exit code reports the error.
    private static func exit(after error: OutputError) -> Never {
        if error == .readerGone { exitBySignal() }
        Foundation.exit(ExitCode.ioError.rawValue)
    }

    /// Ends the process with SIGPIPE, as the kernel does by default. A shell then reports 141.
    private static func exitBySignal() -> Never {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGPIPE)
        signal(SIGPIPE, SIG_DFL)
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
        raise(SIGPIPE)
        Foundation.exit(128 + SIGPIPE)
    }
}
