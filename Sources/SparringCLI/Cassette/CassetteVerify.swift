import ArgumentParser
import SparringAPI
import SparringHTTP
import SparringStore
import SparringTape

struct CassetteVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Send the recorded requests again, and say what their answers are made of now.",
        discussion: """
            Compared are status, media type, and what stands where in the JSON of answers and events, not what it says. Where a request
            names what an earlier answer told, it names what the new answer has told. Left out is what would change something that the
            API keeps (files, batches), what was masked, and what the budget has no room for.

              sparring cassette verify tape.sqlite --upstream https://api.openai.com/v1 --upstream-key-env REAL_KEY --dry-run
              sparring cassette verify tape.sqlite --upstream https://api.openai.com/v1 --upstream-key-env REAL_KEY --budget 0.20

            The exit code is 0 where nothing has changed, 1 where something has, 70 where an answer did not come, and 64 where
            there was nothing to send.
            """)

    @Argument(help: "The tape.") var tape: String
    @OptionGroup var upstream: UpstreamOptions
    @Option(
        help: ArgumentHelp("What may be spent, in dollars, by estimate from the recorded usage.", valueName: "dollars"))
    var budget = 1.0
    @Flag(help: "Send nothing; say what would be sent, and what it would cost.") var dryRun = false
    @Flag(help: "Send requests that make, change or delete something, too.") var changes = false
    @Flag(help: "Send requests to models whose price is not known, too.") var unpriced = false
    @Option(help: "Only those of this session. May be repeated.") var session: [String] = []

    func run() async throws {
        let settings = try Settings(flags: upstream.flags, defaultPort: 0)
        let recorded = try TapeLocation(tape).read()
        var options = Verification.Settings()
        (options.budget, options.sendsChanges, options.sendsUnpriced) = (budget, changes, unpriced)
        var run = Run(
            verification: Verification(options, prices: try settings.prices.map(ScenarioFiles.prices) ?? .builtIn),
            upstream: dryRun ? nil : try Recording.upstream(settings.tape, clock: MonotonicClock()))
        for exchange in recorded.exchanges where session.isEmpty || session.contains(exchange.session) {
            try await run.take(exchange)
        }
        try StandardOutput.print(run.summary)
        if let code = run.code { throw code }
    }

    private struct Run {
        var verification: Verification
        /// Nil where nothing is to be sent.
        let upstream: Recording.Upstream?
        private var counts = (sent: 0, changed: 0, failed: 0, skipped: 0)

        init(verification: Verification, upstream: Recording.Upstream?) {
            self.verification = verification
            self.upstream = upstream
        }

        mutating func take(_ exchange: TapedExchange) async throws {
            switch verification.step(for: exchange, isDry: upstream == nil) {
            case .skip(let reason):
                counts.skipped += 1
                try StandardOutput.print("\(exchange.words)   left out: \(reason)")
            case .send(let request, let cost):
                counts.sent += 1
                guard let upstream else {
                    return try StandardOutput.print("\(exchange.words)   about $\(Verification.text(cost))")
                }
                let outcome = await UpstreamAnswer.ask(
                    request, of: upstream.client, at: upstream.address, key: upstream.key)
                guard case .answer(let answer) = outcome, let recorded = exchange.answer else {
                    counts.failed += 1
                    if case .failed(let reason) = outcome { try StandardOutput.print("\(exchange.words)   \(reason)") }
                    return
                }
                try report(exchange, verification.compare(recorded, with: answer))
            }
        }

        private mutating func report(_ exchange: TapedExchange, _ finding: Verification.Finding) throws {
            let isSame = finding.changed.isEmpty
            if !isSame { counts.changed += 1 }
            try StandardOutput.print("\(exchange.words)   \(isSame ? "as recorded" : "changed")")
            for line in finding.changed { try StandardOutput.print("    \(line)") }
            for place in finding.unseen { try StandardOutput.print("    \(place)   not given this time") }
        }

        var summary: String {
            let cost = "about $\(Verification.text(verification.spent))"
            guard upstream != nil else {
                return "\(counts.sent) would be sent, \(cost) · \(counts.skipped) left out"
            }
            return "\(counts.sent) sent, \(cost) · \(counts.changed) changed · \(counts.failed) without an answer · "
                + "\(counts.skipped) left out"
        }

        var code: ExitCode? {
            if counts.sent == 0 { return .usage }
            if counts.failed > 0 { return .internalError }
            return counts.changed > 0 ? .failure : nil
        }
    }
}
