import ArgumentParser
import Foundation
import Sparring
import SparringDriver
import SparringEngine
import SparringScenario

struct Shrink: AsyncParsableCommand, RunsProgram {
    static let configuration = CommandConfiguration(
        abstract: "Find the smallest schedule of faults that still makes a program fail.",
        usage: "sparring shrink SCENARIO --seed N [OPTIONS] -- COMMAND [ARGUMENT ...]",
        discussion: """
            The program has failed (exit code other than 0) against a scenario with `chaos`, and that run has printed its seed. Now it
            runs again and again, each time with fewer of the faults that it met then. What is left is printed as a scenario.

              sparring run chaos/flaky --seed 7 -- python app.py
              sparring shrink chaos/flaky --seed 7 -- python app.py > smallest.yaml
              sparring run smallest.yaml -- python app.py

            What the program writes to standard output goes to standard error.
            """)

    @Argument(help: "The name of a built-in scenario, or a path.")
    var scenario: String

    /// The program and its arguments: what follows `--`, which `CommandLineTool` has set aside.
    var command: [String] = []

    @Option(help: "Runs at most.")
    var tries = 200

    @OptionGroup var server: ServerOptions

    private enum CodingKeys: CodingKey {
        case scenario
        case tries
        case server
    }

    func run() async throws { try await shrink() }

    private func shrink() async throws {
        guard !command.isEmpty else {
            throw CommandError("no program to run: sparring shrink SCENARIO --seed N -- python app.py", .usage)
        }
        let text = try ScenarioFiles.text(of: scenario)
        let original = try MockScenario(yaml: text, file: scenario).resolved()
        guard let chaos = original.chaos, chaos.schedule == nil else {
            throw CommandError("\(scenario) draws no faults: it has no `chaos`, or a schedule already", .usage)
        }
        let settings = try Settings(flags: server.flags, defaultPort: 0)
        let trials = ShrinkRuns(
            command: command, original: original, settings: settings,
            seed: settings.seed ?? original.seed ?? 1, limit: tries)
        let (met, first) = try await trials.draw()
        guard first != 0 else {
            throw CommandError(
                "the program passes with seed \(trials.seed), and met \(met.count) faults: nothing to shrink",
                .usage)
        }
        let schedule = try await trials.reproducing(met)
        let kept = try await trials.shrink(schedule)
        try StandardOutput.write(
            ShrunkScenario(original: text, name: original.name, seed: trials.seed, planned: kept, before: met.count)
                .text)
    }
}
