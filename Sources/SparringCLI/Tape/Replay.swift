import ArgumentParser
import Foundation
import SparringHTTP
import SparringStore
import SparringTape

struct Replay: AsyncParsableCommand, RunsProgram {
    static let configuration = CommandConfiguration(
        abstract: "Answer from a tape.",
        usage: "sparring replay TAPE [OPTIONS] [-- COMMAND [ARGUMENT ...]]",
        discussion: """
            The recorded bytes, in the recorded rhythm. A request that is not on the tape fails, says which recording comes nearest
            and where it differs, and which `ignore:` in sparring.yaml would make it match.

              sparring replay tape.sqlite -- pytest
              sparring replay tape.sqlite --time-scale 0 -- node app.mjs
              sparring replay tape.sqlite --scenario flaky.yaml -- pytest
              sparring replay tape.sqlite --on-miss record --upstream https://api.openai.com/v1 -- python app.py

            With a program after --, its exit code is passed on; where it passed but a request was missed, the exit code is 1.
            """)

    @Argument(help: ArgumentHelp("The tape.", valueName: "tape"))
    var tape: String

    /// The program and its arguments: what follows `--`.
    var command: [String] = []

    @Option(
        help: ArgumentHelp(
            "What comes on top: its limits, faults and rhythm, and the steps that answer themselves. May be repeated.",
            valueName: "scenario"))
    var scenario: [String] = []

    @OptionGroup(title: "Replay") var replay: ReplayOptions
    @OptionGroup(title: "Upstream, for --on-miss record and forward") var upstream: UpstreamOptions
    @OptionGroup(title: "Server") var listen: ListenOptions

    private enum CodingKeys: CodingKey {
        case tape
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
        try settings.checkSuitsTapes()
        let index = try Cassette.index(TapeLocation(tape), settings.tape.matching)
        if index.cards.isEmpty, settings.tape.onMiss == .fail {
            throw CommandError("\(tape): no recording on this tape can answer; see `sparring cassette ls`", .badFile)
        }
        if settings.tape.matching.rendering == .fresh, settings.tape.matching.rigour == .exact {
            throw CommandError(
                "--render fresh tells new identifiers, which the same bytes (--match exact) can never name",
                .usage)
        }
        if let api = settings.tape.matching.rendering.api, settings.tape.matching.rigour != .normal {
            throw CommandError(
                "--render \(api.rawValue) has requests to two APIs match, which --match normal alone can tell",
                .usage)
        }
        let signals = Signals()
        let log = signals.log()
        let clock = MonotonicClock()
        let miss = try Fallback(settings.tape, path: tape, clock: clock, log: log)
        let isQuiet = settings.isQuiet
        let responder = ReplayResponder(
            index, timeScale: settings.tape.timeScale, fallback: miss.responder, seed: settings.seed ?? 1,
            wallClock: WallClock.nanoseconds
        ) { Self.report($0, isQuiet: isQuiet, to: log) }
        let server = TapeServer(
            settings: settings, source: responder, scenario: try ScenarioFiles.load(scenario), clock: clock,
            upstream: miss.client, signals: signals, log: log,
            banner: "replaying \(tape) · \(Counted.exchanges(index.cards.count))")
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
            var words = ["\(tally.answered) answered from the tape", "\(tally.misses.count) missed"]
            if tally.forwarded > 0 { words.append("\(tally.forwarded) passed on") }
            words.append("\(unplayed) of \(count) recordings not asked for")
            try StandardError.write("sparring: \(words.joined(separator: " · "))\n")
        }
        return code == 0 && !command.isEmpty && !tally.misses.isEmpty ? 1 : code
    }

    private static func report(_ report: TapeReport, isQuiet: Bool, to log: ServerLog) {
        switch report {
        case .played(let request, let exchange, let status):
            if !isQuiet { log.line("\(request)  \(status)  from \(exchange)") }
        case .missed(let miss, let isForwarded):
            guard !isQuiet || !isForwarded else { return }
            log.line(miss.lines.joined(separator: "\n") + (isForwarded ? "\n  passed on" : ""))
        }
    }

    /// What takes the misses.
    private struct Fallback {
        var responder: RecordResponder?
        private var store: TapeStore?
        private(set) var client: UpstreamClient?

        init(_ settings: TapeSettings, path: String, clock: MonotonicClock, log: ServerLog) throws {
            let isCI = ProcessInfo.processInfo.environment["CI"].map { !$0.isEmpty && $0 != "false" } ?? false
            guard settings.onMiss != .fail, !isCI else { return }
            if settings.onMiss == .record {
                store = try TapeStore(
                    TapeStore.Settings(
                        path: path, redaction: settings.redaction, keepsFailures: settings.keepsFailures)
                ) { log.line("sparring: \($0)") }
            }
            (responder, client) = try Recording.responder(settings, tape: store, clock: clock)
        }

        func close() async -> String? {
            await store?.close()
        }
    }
}
