import ArgumentParser
import Foundation

/// How the process ends: what it prints last, and its exit code. The one place that prints the errors of commands.
struct CommandEnd {
    let text: String
    let exitCode: Int32
    /// Help and versions are what was asked for, and no error.
    let isAnswer: Bool
    /// The reader of our output has gone.
    let isReaderGone: Bool

    /// - Parameter error: what a command has thrown, an `ExitCode` among others.
    init(_ error: any Error) {
        isReaderGone = error as? OutputError == .readerGone
        if let error = CommandError(error) {
            (text, exitCode, isAnswer) = (error.text, error.exitCode.rawValue, false)
        } else {
            // Those of the argument parser: bad usage, `--help`, `--version`, completion scripts.
            exitCode = SparringCommand.exitCode(for: error).rawValue
            (text, isAnswer) = (SparringCommand.fullMessage(for: error), exitCode == 0)
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

    /// Standard error cannot be written: only the exit code can tell.
    private static func exit(after error: OutputError) -> Never {
        if error == .readerGone { exitBySignal() }
        Foundation.exit(ExitCode.ioError.rawValue)
    }

    /// As the kernel would have ended it: a shell reports 141.
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
