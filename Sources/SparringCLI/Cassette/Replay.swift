import ArgumentParser
import Foundation
import SparringCassette
import SparringHTTP
import SparringStore

struct Replay: AsyncParsableCommand, RunsProgram {
    static let configuration = CommandConfiguration(
        abstract: "Answer requests from a cassette.",
        usage: "sparring replay CASSETTE [OPTIONS] [-- COMMAND [ARGUMENT ...]]",
        discussion: """
            Sends the recorded bytes with the recorded pauses. A request that is not in the cassette gets an error \
            with the nearest recording, the differences, and the `ignore:` for sparring.yaml that would make the \
            request match.

              sparring replay cassette.sqlite -- pytest
              sparring replay cassette.sqlite --time-scale 0 -- node app.mjs
              sparring replay cassette.sqlite --scenario flaky.yaml -- pytest
              sparring replay cassette.sqlite --on-miss record \\
                  --upstream https://api.openai.com/v1 -- python app.py

            With a program after --, the exit code is the program's exit code. If the program ends with 0, but a \
            request was not in the cassette, the exit code is 1.
            """)

    @Argument(help: ArgumentHelp("The cassette.", valueName: "cassette"), completion: .file())
    var cassette: String

    /// The program and its arguments, which follow `--`.
    var command: [String] = []

    @Option(
        help: ArgumentHelp(
            "A scenario to apply in addition to the cassette: its limits, faults and pace, and its steps that have answers. May be "
                + "repeated.",
            valueName: "scenario"))
    var scenario: [String] = []

    @OptionGroup(title: "Replay") var replay: ReplayOptions
    @OptionGroup(title: "Upstream, for --on-miss record and forward") var upstream: UpstreamOptions
    @OptionGroup(title: "Server") var listen: ListenOptions

    private enum CodingKeys: CodingKey {
        case cassette
        case scenario
        case replay
        case upstream
        case listen
    }

    func run() async throws {
        let code = try await play()
        throw ExitCode(code)
    }

    private func play() async throws -> Int32 {
        let flags = listen.flags.merging(upstream.flags) { $1 }.merging(replay.flags) { $1 }
        let settings = try Settings(flags: flags, defaultPort: command.isEmpty ? 8080 : 0)
        try settings.checkSuitsCassettes()
        let index = try CassetteFile.index(CassetteLocation(cassette), settings.cassette.matching)
        if index.cards.isEmpty, settings.cassette.onMiss == .fail {
            throw CommandError(
                "\(cassette): no recording in this cassette can answer; see `sparring cassette ls`", .badFile)
        }
        if settings.cassette.matching.rendering == .fresh, settings.cassette.matching.rigour == .exact {
            throw CommandError(
                "--render fresh sends new identifiers, so later requests cannot match by bytes; leave out --match exact",
                .usage)
        }
        if let api = settings.cassette.matching.rendering.api, settings.cassette.matching.rigour != .normal {
            throw CommandError(
                "--render \(api.rawValue) works only with --match normal",
                .usage)
        }
        let signals = Signals()
        let log = signals.log()
        let clock = MonotonicClock()
        let miss = try Fallback(settings.cassette, path: cassette, clock: clock, log: log)
        let isQuiet = settings.isQuiet
        let responder = ReplayResponder(
            index, timeScale: settings.cassette.timeScale, fallback: miss.responder, seed: settings.seed ?? 1,
            wallClock: WallClock.nanoseconds
        ) { Self.report($0, isQuiet: isQuiet, to: log) }
        let server = CassetteServer(
            settings: settings, source: responder, scenario: try ScenarioFiles.load(scenario), clock: clock,
            upstream: miss.client, signals: signals, log: log,
            banner: "replaying \(cassette) · \(Counted.exchanges(index.cards.count))")
        let code = try await server.run(command)
        let problem = await miss.close()
        if let problem { throw CommandError("\(problem)", .ioError) }
        return try conclude(code, responder, of: index.cards.count, settings)
    }

    private func conclude(
        _ code: Int32, _ responder: ReplayResponder, of count: Int, _ settings: Settings
    ) throws -> Int32 {
        let tally = responder.tally
        if !settings.isQuiet || !tally.misses.isEmpty {
            let unplayed = responder.unplayed.count
            var words = ["\(tally.answered) answered from the cassette", "\(tally.misses.count) missed"]
            if tally.forwarded > 0 { words.append("\(tally.forwarded) forwarded") }
            words.append(
                unplayed == 0
                    ? "all recordings were used" : "\(unplayed) of \(count) recordings were not used")
            try StandardError.write("sparring: \(words.joined(separator: " · "))\n")
        }
        return code == 0 && !command.isEmpty && !tally.misses.isEmpty ? 1 : code
    }

    private static func report(_ report: CassetteReport, isQuiet: Bool, to log: ServerLog) {
        switch report {
        case .played(let request, let exchange, let status):
            if !isQuiet { log.line("\(request)  \(status)  from \(exchange)") }
        case .missed(let miss, let isForwarded):
            guard !isQuiet || !isForwarded else { return }
            log.line(miss.lines.joined(separator: "\n") + (isForwarded ? "\n  forwarded" : ""))
        }
    }

    /// Answers requests that are not in the cassette, if `--on-miss` asks for that.
    private struct Fallback {
        var responder: RecordResponder?
        private var store: CassetteStore?
        private(set) var client: UpstreamClient?

        init(_ settings: CassetteSettings, path: String, clock: MonotonicClock, log: ServerLog) throws {
            let isCI = ProcessInfo.processInfo.environment["CI"].map { !$0.isEmpty && $0 != "false" } ?? false
            guard settings.onMiss != .fail, !isCI else { return }
            if settings.onMiss == .record {
                store = try CassetteStore(
                    CassetteStore.Settings(
                        path: path, redaction: settings.redaction, keepsFailures: settings.keepsFailures)
                ) { log.line("sparring: \($0)") }
            }
            (responder, client) = try Recording.responder(settings, cassette: store, clock: clock)
        }

        func close() async -> String? {
            await store?.close()
        }
    }
}
