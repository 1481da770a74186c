import ArgumentParser
import Foundation
import SparringConformance
import SparringDriver
import SparringHTTP
import SparringReport

struct CheckCommand: AsyncParsableCommand, RunsProgram {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Grade a program: what it must do when the API hurts, and what it did.",
        usage: "sparring check [CASE ...] [OPTIONS] -- COMMAND [ARGUMENT ...]",
        discussion: """
            Starts the program once for each case, against a server that plays the case's script. The program finds it through
            OPENAI_BASE_URL and OPENAI_API_KEY, and its prompt in SPARRING_PROMPT; one that is configured by flags may have
            {base_url}, {api_key}, {prompt} and {case} in its arguments. It asks once, shows the answer, and ends: with 0 where it
            got one, with anything else where it did not.

              sparring check -- python app.py
              sparring check 'retry-after.*' --trace -- node app.mjs
              sparring check --driver -- python driver.py
              sparring check --quick -- ./agent
              sparring check --skip budget.max-attempts-single-call -- ./agent --url {base_url} {prompt}

            A few plain calls first show what the program can do: whether it streams, offers tools, embeds. It is graded on that, and on
            what --can adds; the rest is skipped.

            --known-failures FILE lists what may fail, a case or check a line: `retry.500-then-ok  # our issue 12`. What it lists has to
            fail, unless a ~ stands before it.

            An app that is up already is graded with --attach, a gateway with --gateway: docs/guides/gateways.md.

              sparring check --attach -- curl --fail --get --data-urlencode 'q={prompt}' http://localhost:3000/ask
              sparring check --gateway http://localhost:4000/v1 --driver -- python driver.py

            --population plays no cases: it lets 200 callers meet an outage and every profile of chaos, and says how they come back, how
            many requests and tokens that costs, and how much later the answers are.

            Quiet on success. Exit codes: 0 held, 1 did not, 64 nothing matched, 69 the program could not be driven, 70 our own bug, 74 a
            file could not be written.
            """)

    @Argument(
        help: ArgumentHelp(
            "Ids of cases, * for anything; none means all. `sparring cases` lists them.", valueName: "case"))
    var cases: [String] = []

    /// The program and its arguments: what follows `--`, which `CommandLineTool` has set aside.
    var command: [String] = []

    @OptionGroup var check: CheckOptions
    @OptionGroup var server: ServerOptions

    private enum CodingKeys: CodingKey {
        case cases
        case check
        case server
    }

    func run() async throws {
        let code = try await grade()
        if code != .success { throw code }
    }

    private func grade() async throws -> ExitCode {
        guard !command.isEmpty else {
            throw CommandError("no program to grade: sparring check -- python app.py", .usage)
        }
        let settings = try Self.settings(server.flags.merging(check.flags) { $1 })
        if check.population {
            guard cases.isEmpty, !settings.isSerial else {
                throw CommandError(
                    "--population plays no cases, and each caller needs a base URL of its own", .usage)
            }
            return try await LoadRunCommand(command: command, settings: settings).run()
        }
        let all = try CaseFiles.builtIn()
        let pool = settings.isQuick ? try CaseFiles.quick(of: all) : all
        let selected = try CaseFiles.select(cases, without: settings.skipped, from: pool, of: all)
        let set = try CaseFiles.set(settings.set)
        guard let sanity = all.first(where: { $0.id == BuiltInCases.sanity }) else {
            throw CommandError("the suite has no \(BuiltInCases.sanity)", .internalError)
        }
        let known = try KnownFailuresFile(settings.knownFailures, update: check.updateKnownFailures, among: all)
        let signals = Signals()
        let serverLog = signals.log()
        let file = try EventFile(path: settings.out)
        let (live, server) = try await LiveServer.startForCases(
            settings, log: serverLog, isolation: settings.isolation, listening: selected)
        let log: RunLog
        do {
            let client = try await ClientUnderTest.start(command, isDriver: settings.isDriver, trust: live.trust)
            let suite = Suite(
                cases: selected, sanity: sanity,
                probes: all.filter { $0.theme == BuiltInCases.sanityTheme && $0.id != sanity.id },
                said: settings.can.union(client.capabilities), driver: client.driver,
                jobs: settings.isSerial ? 1 : settings.jobs ?? client.concurrency,
                failsOnShould: settings.failOn == .should,
                known: known.failures)
            let played = await play(
                suite, to: client, on: server, until: signals,
                writing: EventWriter(file: file, isPrinted: settings.format == .json), set: set)
            await client.stop()
            log = try played.get()
        } catch {
            _ = await live.stop()
            if let error = error as? LaunchError { throw CommandError("\(error)", .clientUnavailable) }
            throw error
        }
        let isComplete = await live.stop()
        try serverLog.check()
        try report(log, settings)
        if check.updateKnownFailures { return try known.update(with: GradedRun(log)) }
        let code = log.end?.outcome.exitCode ?? .internalError
        return code == .success && !isComplete ? .ioError : code
    }

    /// Whoever has to be told our base URL beforehand needs one that is always the same.
    private static func settings(_ flags: [Settings.Key: String]) throws -> Settings {
        let settings = try Settings(flags: flags, defaultPort: 0)
        guard settings.isSerial else { return settings }
        if let jobs = settings.jobs, jobs > 1 {
            throw CommandError("--attach and --gateway play one case at a time: leave out --jobs", .usage)
        }
        if settings.isAttached, settings.gateway != nil || settings.isDriver {
            throw CommandError("--attach pokes an app that is up: leave out --gateway and --driver", .usage)
        }
        return try Settings(flags: flags, defaultPort: 8080)
    }

    /// Plays the suite until it ends or a signal comes; then with what there is.
    ///
    /// - Returns: a failure where an event could not be written: nothing is graded that its log does not have.
    private func play(
        _ suite: Suite, to client: ClientUnderTest, on server: CaseServer, until signals: Signals,
        writing writer: EventWriter, set: RequirementSet
    ) async -> Result<RunLog, OutputError> {
        let start = ContinuousClock.now
        let stop = signals.stop
        let run = Task { [command] () -> Result<RunLog, OutputError> in
            var log = RunLog()
            var problem: OutputError?
            func tell(_ unmasked: RunEvent) {
                let event = unmasked.masked
                log.append(event)
                guard problem == nil else { return }
                do { try writer.write(event) } catch {
                    problem = error
                    stop()
                }
            }
            tell(
                .runStart(
                    RunEvent.RunStart(
                        kit: Version.text, command: command, cases: suite.cases.map(\.id),
                        jobs: suite.jobs, seed: server.seed, startedAt: Int(Date().timeIntervalSince1970),
                        set: set, failsOnShould: suite.failsOnShould, isDriver: client.introduction != nil,
                        client: client.introduction?.client)))
            let ending = await suite.run(on: server, tell: tell)
            let milliseconds = Int((ContinuousClock.now - start) / .milliseconds(1))
            tell(
                .runEnd(
                    RunEvent.RunEnd(outcome: ending.outcome, milliseconds: milliseconds, reason: ending.reason)))
            return problem.map(Result.failure) ?? .success(log)
        }
        signals.onFirst { run.cancel() }
        let result = await run.value
        signals.keepUntilHere()
        return result
    }

    private func report(_ log: RunLog, _ settings: Settings) throws {
        let isUnasked = settings.isQuiet && log.end?.outcome == .held
        guard let format = settings.format.report, format != .console || !isUnasked else { return }
        try StandardOutput.write(format.text([GradedRun(log)], tracesAll: settings.tracesAll))
    }
}

extension Settings {
    /// Cases one after another, because nobody can tell their requests apart.
    fileprivate var isSerial: Bool { isAttached || gateway != nil }

    fileprivate var isolation: Isolation {
        guard isSerial else { return .sessions }
        return .serial(front: gateway.map { Isolation.Front(baseURL: $0, apiKey: gatewayKey) })
    }
}

extension RunEvent.Outcome {
    var exitCode: ExitCode {
        switch self {
        case .held: .success
        case .failed, .unreliable: .failure
        case .undriven: .clientUnavailable
        case .broken: .internalError
        case .interrupted: .interrupted
        }
    }
}
