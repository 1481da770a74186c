import ArgumentParser
import SparringAPI
import SparringCassette
import SparringHTTP
import SparringStore

struct CassetteVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Send the recorded requests again, and compare the structure of the answers.",
        usage: "sparring cassette verify <cassette> [OPTIONS]",
        discussion: """
            Compares the status, the media type and the structure of the JSON in answers and events, not the texts. An \
            identifier that a request takes from an earlier answer is replaced with the identifier in the new answer.

            Requests are left out if they would change something that the API keeps (files, batches), if they were \
            masked, or if the budget is used up.

              sparring cassette verify cassette.sqlite --dry-run
              sparring cassette verify cassette.sqlite --budget 0.20 \\
                  --upstream https://api.openai.com/v1 --upstream-key-env REAL_KEY

            Exit codes: 0 no change, 1 changes, 64 no request to send, 70 an answer is missing.
            """)

    @Argument(help: "The cassette.", completion: .file()) var cassette: String
    @OptionGroup var upstream: UpstreamOptions
    @Option(
        help: ArgumentHelp(
            "Spend at most this many dollars, estimated from the recorded usage.",
            valueName: "dollars"))
    var budget = 1.0
    @Flag(help: "Send nothing; print the requests that would be sent, and their cost.") var dryRun = false
    @Flag(help: "Also send requests that create, change or delete something.") var changes = false
    @Flag(help: "Also send requests to models without a known price.") var unpriced = false
    @Option(help: "Send only the requests of this session. May be repeated.") var session: [String] = []

    func run() async throws {
        let settings = try Settings(flags: upstream.flags, defaultPort: 0)
        let recorded = try CassetteLocation(cassette).read()
        var options = Verification.Settings()
        (options.budget, options.sendsChanges, options.sendsUnpriced) = (budget, changes, unpriced)
        var run = Run(
            verification: Verification(options, prices: try settings.prices.map(ScenarioFiles.prices) ?? .builtIn),
            upstream: dryRun ? nil : try Recording.upstream(settings.cassette, clock: MonotonicClock()))
        for exchange in recorded.exchanges where session.isEmpty || session.contains(exchange.session) {
            try await run.take(exchange)
        }
        try StandardOutput.print(run.summary)
        if let code = run.code { throw code }
    }

    private struct Run {
        var verification: Verification
        /// The value is nil in a dry run.
        let upstream: Recording.Upstream?
        private var counts = (sent: 0, changed: 0, failed: 0, skipped: 0)

        init(verification: Verification, upstream: Recording.Upstream?) {
            self.verification = verification
            self.upstream = upstream
        }

        mutating func take(_ exchange: RecordedExchange) async throws {
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

        private mutating func report(_ exchange: RecordedExchange, _ finding: Verification.Finding) throws {
            let isSame = finding.changed.isEmpty
            if !isSame { counts.changed += 1 }
            try StandardOutput.print("\(exchange.words)   \(isSame ? "as recorded" : "changed")")
            for line in finding.changed { try StandardOutput.print("    \(line)") }
            for place in finding.unseen { try StandardOutput.print("    \(place)   missing in the new answer") }
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
