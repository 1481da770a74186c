import ArgumentParser
import Foundation
import Sparring
import SparringEngine
import SparringHTTP

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve in the foreground until interrupted.",
        discussion: """
            Without a scenario every request gets an answer made up from it. With scenarios, by name or path, a request that no rule
            matches fails loudly, unless the scenario says `otherwise: auto`.

              sparring serve
              sparring serve flaky-weather --port 9000
              sparring serve scenarios/mine.yaml

            Ctrl-C stops gracefully; a second one stops at once.
            """)

    @Argument(help: ArgumentHelp("Names of built-in scenarios, or paths.", valueName: "scenario"))
    var scenarios: [String] = []

    @OptionGroup var server: ServerOptions

    func run() async throws {
        let code = try await Failure.reported {
            let settings = try Settings(flags: server.flags, defaultPort: 8080)
            let signals = Signals()
            let live = try await LiveServer.start(
                ScenarioFiles.load(scenarios), settings: settings,
                exchangesPerSession: 1_000, log: settings.isQuiet ? nil : ExchangePrinter())
            if !settings.isQuiet { StandardOutput.write(live.banner + "\n") }
            let signal = await signals.first()
            signals.exitOnNext()
            let isComplete = await live.stop()
            signals.keepUntilHere()
            return isComplete ? ExitCode(128 + signal) : .ours
        }
        throw code
    }
}
