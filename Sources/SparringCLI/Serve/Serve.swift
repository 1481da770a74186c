import ArgumentParser
import Foundation
import Sparring
import SparringEngine
import SparringHTTP
import SparringReport

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the server in the foreground until interrupted.",
        discussion: """
            Without a scenario every request gets an invented answer. With scenarios, a request that no rule matches \
            gets an error that says why, unless the scenario has `otherwise: auto`.

              sparring serve
              sparring serve flaky-weather --port 9000
              sparring serve scenarios/mine.yaml

            The log has a line for each exchange. Its marbles draw the answer: \(Marbles.key).

            Ctrl-C lets running answers end; a second Ctrl-C stops at once. For a program that starts the server: with \
            --until-eof and a pipe as standard input, the server stops when that program ends for any reason.
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

/// Options about when `serve` stops by itself.
struct LifetimeOptions: SettingOptions {
    @Flag(.untilEOF) var untilEof = false
}
