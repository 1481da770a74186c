import ArgumentParser
import Sparring
import SparringConformance
import SparringScenario

/// Finds the gateway cases that are named on the command line.
enum GatewayCaseFiles {
    static func builtIn() throws -> [GatewayCase] {
        do { return try BuiltInGatewayCases.load(errors: MockScenario.catalogue) } catch let mistakes as Mistakes {
            throw CommandError(mistakes: mistakes.diagnostics.map(\.description), .internalError)
        }
    }

    /// The built-in cases, then those of the user's files.
    static func all(with paths: [String]) throws -> [GatewayCase] {
        var cases = try builtIn()
        for path in paths {
            for file in try YAMLFiles.at(path) {
                let text = try TextFile.read(file)
                switch GatewayCaseParser.load(text: text, file: file, errors: MockScenario.catalogue) {
                case .success(let own):
                    cases += own.map { subject in
                        var subject = subject
                        subject.file = file
                        return subject
                    }
                case .failure(let mistakes): throw CommandError(mistakes: mistakes.diagnostics.map(\.description))
                }
            }
        }
        return cases
    }

    /// - Throws: `CommandError` if a pattern names no case.
    static func select(_ patterns: [String], without skipped: [String], from all: [GatewayCase]) throws -> [GatewayCase]
    {
        let strangers = [patterns, skipped].flatMap { Selection($0).unmatched(among: all) }
        guard strangers.isEmpty else {
            let lines = strangers.map { stranger in
                let near = stranger.nearest.map { " Did you mean \($0)?" } ?? ""
                return "sparring: no case matches '\(stranger.pattern)'.\(near) `sparring gateway cases` lists them."
            }
            throw CommandError(mistakes: lines, .usage)
        }
        let left = Set(skipped.isEmpty ? [] : Selection(skipped).select(from: all).map(\.id))
        let wanted = Selection(patterns).select(from: all).filter { !left.contains($0.id) }
        guard !wanted.isEmpty else {
            throw CommandError("no case is left: --skip excludes every selected case", .usage)
        }
        return wanted
    }
}
