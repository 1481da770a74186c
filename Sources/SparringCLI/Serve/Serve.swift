import ArgumentParser
import Foundation
import Sparring
import SparringEngine
import SparringExchange
import SparringHTTP
import SparringJSON
import SparringReport

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the server in the foreground until interrupted.",
        discussion: """
            Without a scenario every request gets an invented answer. With scenarios, a request that no rule matches \
            gets an error that says why, unless the scenario has `otherwise: auto`.

              sparring serve
              sparring serve flaky-weather --port 9000
              sparring serve scenarios/mine.yaml --watch
              sparring serve hello --report run.html

            The log has a line for each exchange: time, session, request, model, status, duration, rule and faults. \
            The marbles in the line show the answer: \(Marbles.key). Totals follow at the end.

            Ctrl-C lets running answers end; a second Ctrl-C stops at once. A program can start the server with --until-eof \
            and a pipe as standard input. The server then stops when the program ends for any reason.
            """)

    @Argument(
        help: ArgumentHelp("Names of built-in scenarios, or paths.", valueName: "scenario"), completion: .scenarioFile)
    var scenarios: [String] = []

    @OptionGroup var server: ServerOptions

    @OptionGroup var lifetime: LifetimeOptions

    @OptionGroup var page: ReportOptions

    func run() async throws {
        let settings = try Settings(
            flags: server.flags.merging(lifetime.flags) { $1 }.merging(page.flags) { $1 }, defaultPort: 8080)
        let watch = ScenarioWatch(scenarios, settings: settings)
        if settings.watches, watch.isEmpty {
            throw CommandError(
                "--watch needs a scenario file; built-in scenarios do not change. `sparring scenarios copy` writes a scenario file.",
                .usage)
        }
        let signals = Signals()
        let log = signals.log()
        let totals = ServeTotals()
        let printer = ExchangePrinter(
            log: log, format: settings.logFormat, style: Terminal.standardError.style)
        let page = try PageFile(settings)
        let live = try await LiveServer.start(
            ScenarioFiles.load(scenarios), settings: settings, exchangesPerSession: 1_000, log: log,
            sinks: (settings.isQuiet ? [] : [printer, totals]) + (page.map { [$0.sink] } ?? []),
            objects: settings.store)
        let start = ContinuousClock.now
        let watching = settings.watches ? Task { await Self.follow(watch, on: live, log) } : nil
        let signal: Result<Int32, any Error>
        do {
            if !settings.isQuiet { try StandardOutput.print(live.banner) }
            if settings.endsWithInput { signals.listenToInput() }
            signal = .success(await signals.first())
        } catch {
            signal = .failure(error)
        }
        signals.exitOnNext()
        watching?.cancel()
        let isComplete = await live.stop()
        if !settings.isQuiet, case .success = signal {
            Self.print(
                totals.current, uptime: ContinuousClock.now - start, of: live, as: settings.logFormat, to: log)
        }
        try page?.write(live.server)
        signals.keepUntilHere()
        try log.check()
        throw isComplete ? Self.exitCode(after: try signal.get()) : ExitCode.ioError
    }

    private static func print(
        _ totals: ServeTotals.Counts, uptime: Duration, of live: LiveServer, as format: LogFormat, to log: ServerLog
    ) {
        let seed = live.server.engine.seed
        let (spans, points) = (live.tracing.exporter?.queue.counts, live.tracing.metrics?.counts)
        switch format {
        case .json:
            log.line(totals.json(uptime: uptime, seed: seed, at: .now, spans: spans, points: points).text())
        case .text:
            for line in totals.lines(uptime: uptime, seed: seed, spans: spans, points: points) { log.line(line) }
        }
    }

    /// Checks the files twice a second, and reports changes.
    private static func follow(_ watch: ScenarioWatch, on live: LiveServer, _ log: ServerLog) async {
        var watch = watch
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(500))
            switch watch.look() {
            case nil: break
            case .reloaded(let scenario, let changes):
                if let obstacle = live.replace(with: scenario) {
                    log.line("sparring: not reloaded, the old scenario stays: \(obstacle)")
                } else {
                    log.line("sparring: reloaded \(changes.joined(separator: "; ")); every session starts again")
                }
            case .rejected(let mistakes):
                log.line("sparring: not reloaded, the old scenario stays:")
                for mistake in mistakes { log.line("  \(mistake)") }
            }
        }
    }

    private static func exitCode(after signal: Int32) -> ExitCode {
        signal == Signals.inputEnded ? .success : ExitCode(128 + signal)
    }
}

/// Options that only `serve` has.
struct LifetimeOptions: SettingOptions {
    @Option(.store) var store: String?
    @Option(.log) var log: String?
    @Flag(.watch) var watch = false
    @Flag(.untilEOF) var untilEof = false
}
