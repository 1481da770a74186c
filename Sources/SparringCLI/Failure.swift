import ArgumentParser
import Foundation
import Sparring
import SparringStore
import SparringVocabularies

/// Turns what went wrong into a line on standard error and an exit code.
enum Failure {
    /// Runs a command's work; every expected failure ends the process with its own code.
    static func reported<Result>(_ work: () async throws -> Result) async throws -> Result {
        do {
            return try await work()
        } catch let error as ScenarioFiles.Mistakes {
            throw say(error.lines.joined(separator: "\n"), .badFile)
        } catch let error as ScenarioError {
            throw say(error.mistakes.joined(separator: "\n"), .badFile)
        } catch let error as ScenarioFiles.CleanExitError {
            throw say("sparring: \(error.message)", error.code)
        } catch let error as JournalError {
            throw say("sparring: \(error)", error.kind == .foreign ? .badFile : .ours)
        } catch let error as VocabularyProblem {
            throw say("sparring: \(error)", .badFile)
        } catch let error as Settings.Mistake {
            throw say(error.description, .usage)
        }
    }

    static func say(_ message: String, _ code: ExitCode) -> ExitCode {
        StandardError.write(message + "\n")
        return code
    }
}

enum StandardError {
    static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

/// Unbuffered, unlike `print`: whoever waits for the banner of a server gets it at once, through a pipe as well.
enum StandardOutput {
    static func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
}
