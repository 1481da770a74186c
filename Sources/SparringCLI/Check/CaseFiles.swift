import ArgumentParser
import Foundation
import Sparring
import SparringConformance
import SparringReport
import SparringScenario

/// Finds the cases that are named on the command line.
enum CaseFiles {
    static func builtIn() throws -> [Case] {
        do {
            return try BuiltInCases.load(errors: MockScenario.catalogue)
        } catch let mistakes as Mistakes {
            throw CommandError(mistakes: mistakes.diagnostics.map(\.description), .internalError)
        }
    }

    /// The built-in cases, then those of the user's files.
    /// - Parameter paths: case files, and folders with such files.
    static func all(with paths: [String]) throws -> [Case] {
        let builtIn = try builtIn()
        return builtIn + (try OwnCases.load(paths, beside: builtIn))
    }

    /// The text of a case in its file.
    static func source(of subject: Case) throws -> String {
        guard let file = subject.file else { return BuiltInCases.source(of: subject) }
        return BuiltInCases.source(of: subject, in: try TextFile.read(file))
    }

    /// The set of cases that a grade is based on.
    static func set(_ name: String) throws -> RequirementSet {
        do {
            guard let set = try RequirementSet.builtIn(name) else {
                let names = RequirementSet.names.joined(separator: ", ")
                throw CommandError("there is no set '\(name)'; there is \(names)", .usage)
            }
            return set
        } catch let mistakes as Mistakes {
            throw CommandError(mistakes: mistakes.diagnostics.map(\.description), .internalError)
        }
    }

    /// The cases of `--quick`: a few of every built-in theme, and all cases of the user.
    static func quick(of all: [Case]) throws -> [Case] {
        let ids = Set(try set(RequirementSet.quick).cases)
        return all.filter { ids.contains($0.id) || $0.file != nil }
    }

    /// The cases that `patterns` name, without those that `skipped` name. A pattern that selects no case is an error.
    /// An empty selection is also an error, because a run without cases would pass.
    ///
    /// - Parameter command: the command that lists the cases.
    static func select<Subject: SelectableCase>(
        _ patterns: [String], without skipped: [String], from pool: [Subject], of all: [Subject]? = nil,
        listedBy command: String = "sparring cases"
    ) throws -> [Subject] {
        let all = all ?? pool
        let strangers = [patterns, skipped].flatMap { Selection($0).unmatched(among: all) }
        guard strangers.isEmpty else {
            let lines = strangers.map { stranger in
                // A file of cases is an option, because a pattern may have any name.
                let isFile = FileManager.default.fileExists(atPath: stranger.pattern)
                let near =
                    isFile
                    ? " A file has this name: --cases \(Shell.line([stranger.pattern])) reads cases from it."
                    : stranger.nearest.map { " Did you mean \(Shell.line([$0]))?" } ?? ""
                return "sparring: no case matches '\(stranger.pattern)'.\(near) `\(command)` lists them."
            }
            throw CommandError(mistakes: lines, .usage)
        }
        let left = Set(skipped.isEmpty ? [] : Selection(skipped).select(from: all).map(\.id))
        // The plain calls of the probe are made in every run. The plain calls of the probe count as cases only if they are selected by
        // name.
        let wanted = Selection(patterns).select(from: pool)
            .filter { !left.contains($0.id) && (!patterns.isEmpty || $0.theme != BuiltInCases.sanityTheme) }
        guard !wanted.isEmpty else {
            throw CommandError("no case is left: --skip excludes every selected case", .usage)
        }
        return wanted
    }
}
