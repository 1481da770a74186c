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

    @OptionGroup var lifetime: LifetimeOptions

    func run() async throws {
        let settings = try Settings(flags: server.flags.merging(lifetime.flags) { $1 }, defaultPort: 8080)
        let signals = Signals()
        let log = signals.log()
        let live = try await LiveServer.start(
            ScenarioFiles.load(scenarios), settings: settings, exchangesPerSession: 1_000, log: log,
            printsExchanges: !settings.isQuiet)
        let signal: Result<Int32, any Error>
        do {
            if !settings.isQuiet { try StandardOutput.print(live.banner) }
            if settings.endsWithInput { signals.listenToInput() }
            signal = .success(await signals.first())
        } catch {
            signal = .failure(error)
        }
        signals.exitOnNext()
        let isComplete = await live.stop()
        signals.keepUntilHere()
        try log.check()
        throw isComplete ? Self.exitCode(after: try signal.get()) : ExitCode.ioError
    }

    private static func exitCode(after signal: Int32) -> ExitCode {
        signal == Signals.inputEnded ? .success : ExitCode(128 + signal)
    }
}

/// When `serve` ends by itself.
struct LifetimeOptions: SettingOptions {
    @Flag(.untilEOF) var untilEof = false
}
