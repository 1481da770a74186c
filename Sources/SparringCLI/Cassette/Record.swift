import ArgumentParser
import SparringCassette
import SparringHTTP
import SparringStore

struct Record: AsyncParsableCommand, RunsProgram {
    static let configuration = CommandConfiguration(
        abstract: "Forward requests to the real API, and record the answers in a cassette.",
        usage: "sparring record CASSETTE --upstream URL [OPTIONS] [-- COMMAND [ARG ...]]",
        discussion: """
            Requests and answers pass unchanged, streams event by event. The cassette keeps both, with the time of every \
            piece. WebSockets are passed on and kept in the same way, message by message. `sparring replay` answers from this cassette.

              sparring record cassette.sqlite --upstream https://api.openai.com/v1 \\
                  -- python app.py
              sparring record cassette.sqlite --upstream https://api.openai.com/v1 \\
                  --upstream-key-env REAL_KEY
              sparring record cassette.sqlite --upstream http://localhost:11434/v1

            Secrets are masked before the cassette is written: authorization headers, cookies, text that looks like an \
            API key, members such as api_key and password, and everything that --redact names. Failed answers (a \
            status of 400 or more, or cut off) are recorded only with --keep-failures. New exchanges are added to an \
            existing cassette.
            """)

    @Argument(
        help: ArgumentHelp(
            "The cassette: an SQLite file, or a folder of JSON Lines if the name has no .sqlite. A missing cassette is created.",
            valueName: "cassette"), completion: .file())
    var cassette: String

    /// The program and its arguments, which follow `--`.
    var command: [String] = []

    @OptionGroup(title: "Upstream") var upstream: UpstreamOptions
    @OptionGroup(title: "Server") var listen: ListenOptions

    private enum CodingKeys: CodingKey {
        case cassette
        case upstream
        case listen
    }

    func run() async throws {
        let code = try await record()
        throw ExitCode(code)
    }

    private func record() async throws -> Int32 {
        let settings = try Settings(
            flags: listen.flags.merging(upstream.flags) { $1 }, defaultPort: command.isEmpty ? 8080 : 0)
        try settings.checkSuitsCassettes()
        let signals = Signals()
        let log = signals.log()
        let clock = MonotonicClock()
        let store = try CassetteStore(
            CassetteStore.Settings(
                path: cassette, redaction: settings.cassette.redaction, keepsFailures: settings.cassette.keepsFailures)
        ) { log.line("sparring: \($0)") }
        let (responder, client) = try Recording.responder(settings.cassette, cassette: store, clock: clock)
        let server = CassetteServer(
            settings: settings, source: responder, clock: clock, upstream: client, signals: signals, log: log,
            banner: "recording \(settings.cassette.upstream.map(String.init(describing:)) ?? "") on \(cassette)")
        let code = try await server.run(command)
        let problem = await store.close()
        if !settings.isQuiet { try StandardError.write("sparring: \(store.summary)\n") }
        if let problem { throw CommandError("\(problem)", .ioError) }
        return code
    }
}
