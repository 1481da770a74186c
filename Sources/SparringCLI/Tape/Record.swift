import ArgumentParser
import SparringHTTP
import SparringStore
import SparringTape

struct Record: AsyncParsableCommand, RunsProgram {
    static let configuration = CommandConfiguration(
        abstract: "Forward requests to the real API, and record the answers on a tape.",
        usage: "sparring record TAPE --upstream URL [OPTIONS] [-- COMMAND [ARGUMENT ...]]",
        discussion: """
            Requests and answers pass unchanged, streams event by event. The tape keeps both, with the time of every \
            piece. `sparring replay` answers from it.

              sparring record tape.sqlite --upstream https://api.openai.com/v1 \\
                  -- python app.py
              sparring record tape.sqlite --upstream https://api.openai.com/v1 \\
                  --upstream-key-env REAL_KEY
              sparring record tape.sqlite --upstream http://localhost:11434/v1

            Secrets are masked before the tape is written: authorization headers, cookies, text that looks like an API \
            key, members such as api_key and password, and what --redact adds. Failed answers (a status of 400 or \
            more, or cut off) are recorded only with --keep-failures. New exchanges are added to an existing tape.
            """)

    @Argument(
        help: ArgumentHelp(
            "The tape: an SQLite file, or a folder of JSON Lines if the name has no .sqlite. A missing tape is created.",
            valueName: "tape"))
    var tape: String

    /// The program and its arguments, which follow `--`.
    var command: [String] = []

    @OptionGroup(title: "Upstream") var upstream: UpstreamOptions
    @OptionGroup(title: "Server") var listen: ListenOptions

    private enum CodingKeys: CodingKey {
        case tape
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
        try settings.checkSuitsTapes()
        let signals = Signals()
        let log = signals.log()
        let clock = MonotonicClock()
        let store = try TapeStore(
            TapeStore.Settings(
                path: tape, redaction: settings.tape.redaction, keepsFailures: settings.tape.keepsFailures)
        ) { log.line("sparring: \($0)") }
        let (responder, client) = try Recording.responder(settings.tape, tape: store, clock: clock)
        let server = TapeServer(
            settings: settings, source: responder, clock: clock, upstream: client, signals: signals, log: log,
            banner: "recording \(settings.tape.upstream.map(String.init(describing:)) ?? "") on \(tape)")
        let code = try await server.run(command)
        let problem = await store.close()
        if !settings.isQuiet { try StandardError.write("sparring: \(store.summary)\n") }
        if let problem { throw CommandError("\(problem)", .ioError) }
        return code
    }
}
