import ArgumentParser
import Sparring
import SparringConformance
import SparringScenario

/// Cases as they are named on the command line.
enum CaseFiles {
    static func builtIn() throws -> [Case] {
        do {
            return try BuiltInCases.load(errors: Sparring.Scenario.catalogue)
        } catch let mistakes as Mistakes {
            throw Failure.say(mistakes.diagnostics.map(\.description).joined(separator: "\n"), .ours)
        }
    }

    /// The cases that `patterns` name, without those that `skipped` name. A pattern that names none is a mistake, as is an empty
    /// selection: a run that asks nothing would hold.
    static func select(_ patterns: [String], without skipped: [String], from all: [Case]) throws -> [Case] {
        let strangers = [patterns, skipped].flatMap { Selection($0).unmatched(among: all) }
        guard strangers.isEmpty else {
            let lines = strangers.map { stranger in
                let near = stranger.nearest.map { " Did you mean \($0)?" } ?? ""
                return "sparring: no case matches '\(stranger.pattern)'.\(near) `sparring cases` lists them."
            }
            throw Failure.say(lines.joined(separator: "\n"), .usage)
        }
        let left = Set(skipped.isEmpty ? [] : Selection(skipped).select(from: all).map(\.id))
        // The plain calls are made anyhow; they are cases of their own where they are named.
        let wanted = Selection(patterns).select(from: all)
            .filter { !left.contains($0.id) && (!patterns.isEmpty || $0.theme != BuiltInCases.sanityTheme) }
        guard !wanted.isEmpty else { throw Failure.say("sparring: the selection leaves no case", .usage) }
        return wanted
    }
}
