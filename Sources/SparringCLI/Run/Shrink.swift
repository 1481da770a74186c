import ArgumentParser
import Foundation
import Sparring
import SparringDriver
import SparringEngine
import SparringScenario

struct Shrink: AsyncParsableCommand, RunsProgram {
    static let configuration = CommandConfiguration(
        abstract: "Find the fewest faults that still make a program fail.",
        usage: "sparring shrink SCENARIO --seed N [OPTIONS] -- COMMAND [ARGUMENT ...]",
        discussion: """
            Needs a program that failed (exit code other than 0) against a scenario with `chaos`, and the seed that \
            the run printed. Runs the program again and again with fewer of the faults of that run, and prints a \
            scenario with the faults that are left.

              sparring run chaos/flaky --seed 7 -- python app.py
              sparring shrink chaos/flaky --seed 7 -- python app.py > smallest.yaml
              sparring run smallest.yaml -- python app.py

            The standard output of the program goes to standard error. Repeat the options of the failed run, such as --tls. \
            Other options of `sparring run` are accepted and have no influence on the faults.
            """)

    @Argument(help: "The name of a built-in scenario, or a path.", completion: .scenarioFile)
    var scenario: String

    /// The program and its arguments, which follow `--`; `CommandLineTool` sets them.
    var command: [String] = []

    @Option(help: "Run the program at most this many times. The default is 200.")
    var tries: Int?

    @OptionGroup var server: ReproductionOptions
    @OptionGroup(visibility: .hidden) var rest: SurroundingOptions

    private enum CodingKeys: CodingKey {
        case scenario
        case tries
        case server
        case rest
    }

    func run() async throws { try await shrink() }

    private func shrink() async throws {
        guard !command.isEmpty else {
            throw CommandError("no program to run: sparring shrink SCENARIO --seed N -- python app.py", .usage)
        }
        let text = try ScenarioFiles.text(of: scenario)
        let original = try MockScenario(yaml: text, file: scenario).resolved()
        guard let chaos = original.chaos, chaos.schedule == nil else {
            throw CommandError(
                "\(scenario) has no random faults: it has no `chaos`, or its `chaos` already has a schedule", .usage)
        }
        let settings = try Settings(flags: server.flags.merging(rest.flags) { $1 }, defaultPort: 0)
        let trials = ShrinkRuns(
            command: command, original: original, settings: settings,
            seed: settings.seed ?? original.seed ?? 1, limit: tries ?? 200)
        let (met, first) = try await trials.draw()
        guard first != 0 else {
            throw CommandError(
                "the program passes with seed \(trials.seed) and \(met.count) faults; there is no failure to shrink",
                .usage)
        }
        let schedule = try await trials.reproducing(met)
        let kept = try await trials.shrink(schedule)
        try StandardOutput.write(
            ShrunkScenario(original: text, name: original.name, seed: trials.seed, planned: kept, before: met.count)
                .text)
    }
}
