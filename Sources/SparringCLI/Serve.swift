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

            Ctrl-C stops gracefully; a second one stops at once. A program that starts a server gives it a pipe as standard input and
            says --until-eof: when that program is gone, however it ended, so is the server.
            """)

    @Argument(help: ArgumentHelp("Names of built-in scenarios, or paths.", valueName: "scenario"))
    var scenarios: [String] = []

    @OptionGroup var server: ServerOptions

    @Flag(help: "Stop when standard input ends.") var untilEof = false

    func run() async throws {
        let code = try await Failure.reported {
            let settings = try Settings(flags: flags, defaultPort: 8080)
            let signals = Signals()
            let live = try await LiveServer.start(
                ScenarioFiles.load(scenarios), settings: settings,
                exchangesPerSession: 1_000, log: settings.isQuiet ? nil : ExchangePrinter())
            if !settings.isQuiet { StandardOutput.write(live.banner + "\n") }
            if settings.endsWithInput { signals.listenToInput() }
            let signal = await signals.first()
            signals.exitOnNext()
            let isComplete = await live.stop()
            signals.keepUntilHere()
            guard isComplete else { return ExitCode.ours }
            return signal == Signals.inputEnded ? ExitCode.success : ExitCode(128 + signal)
        }
        throw code
    }

    private var flags: [Settings.Key: String] {
        var flags = server.flags
        flags[.untilEOF] = untilEof ? "true" : nil
        return flags
    }
}
