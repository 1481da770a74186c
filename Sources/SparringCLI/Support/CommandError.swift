import ArgumentParser
import Sparring
import SparringCassette
import SparringEngine
import SparringStore
import SparringVocabularies

/// The reason why a command failed: the message on standard error, and the exit code.
struct CommandError: Error, Sendable, Hashable {
    /// The message consists of whole lines, without the last line end.
    var text: String
    var exitCode: ExitCode

    /// A message about the command itself, printed after `sparring: `.
    init(_ message: String, _ exitCode: ExitCode) {
        self.init(text: "sparring: \(message)", exitCode)
    }

    /// Mistakes in files, each with its place: `mine.yaml:3:5: …`.
    init(mistakes: [String], _ exitCode: ExitCode = .badFile) {
        self.init(text: mistakes.joined(separator: "\n"), exitCode)
    }

    private init(text: String, _ exitCode: ExitCode) {
        self.text = text
        self.exitCode = exitCode
    }

    /// Converts the error of another module; nil for an unknown error.
    init?(_ error: any Error) {
        switch error {
        case let error as CommandError: self = error
        case let error as OutputError: self.init(error.description, .ioError)
        case let error as MockScenarioError: self.init(mistakes: error.mistakes)
        case let error as JournalError: self.init("\(error)", error.kind == .foreign ? .badFile : .ioError)
        case let error as StoreProblem: self.init("\(error)", .ioError)
        case let error as VocabularyProblem: self.init("\(error)", .badFile)
        case let error as ImportMistake: self.init("\(error)", .badFile)
        case let error as Settings.Mistake where error.description.hasPrefix("--"): self.init(error.description, .usage)
        case let error as Settings.Mistake: self.init(mistakes: [error.description], .usage)
        default: return nil
        }
    }
}
