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
        try CaseFiles.select(patterns, without: skipped, from: all, listedBy: "sparring gateway cases")
    }
}
