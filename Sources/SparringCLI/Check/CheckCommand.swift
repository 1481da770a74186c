import ArgumentParser
import Foundation
import SparringConformance
import SparringDriver
import SparringHTTP
import SparringReport

struct CheckCommand: AsyncParsableCommand, RunsProgram {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Grade a program: play failures of the API, and check how it reacts.",
        usage: "sparring check [CASE ...] [OPTIONS] -- COMMAND [ARGUMENT ...]",
        discussion: """
            Starts the program once for each case, against a server that plays the script of the case. The program \
            gets the address of the server in OPENAI_BASE_URL, the key in OPENAI_API_KEY and its prompt in \
            SPARRING_PROMPT. In its arguments {base_url}, {api_key}, {prompt} and {case} are replaced. The program \
            must make one call, print the answer and end, with exit code 0 if it got an answer and another exit code \
            if not.

              sparring check -- python app.py
              sparring check 'retry-after.*' --trace -- node app.mjs
              sparring check --driver -- python driver.py
              sparring check --quick -- ./agent
              sparring check --skip 'budget.*' -- ./agent --url {base_url} {prompt}
              sparring check --cases my-cases.yaml 'mine.*' -- python app.py

            A few plain calls first detect the features that the program uses, such as streaming, tools and \
            embeddings. Cases that need a feature which was neither detected nor named by --can are skipped.

            --known-failures FILE lists expected failures, one case or check per line, such as `retry.500-then-ok  # \
            our issue 12`. If a listed case passes, the run fails until its line is deleted. A line that begins with ~ \
            may fail or pass.

            --attach grades an app that is already running, and --gateway grades a gateway; docs/guides/gateways.md explains both.

              sparring check --attach -- \\
                  curl --fail --get --data-urlencode 'q={prompt}' localhost:3000/ask
              sparring check --gateway http://localhost:4000/v1 -- python app.py

            --population plays no cases. Instead, 200 callers make calls during an outage and under each chaos \
            profile. The report shows the callers' retries, the number of requests and tokens, and the delays of the answers.

            Prints one line if the run passes. Exit codes: 0 passed, 1 failed, 64 no case matched, 69 the program \
            could not be started or driven, 70 a bug of sparring, 74 a file could not be written.
            """)

    @Argument(
        help: ArgumentHelp(
            "Ids of cases; * matches anything. The default is all cases. `sparring cases` lists the cases.",
            valueName: "case"))
    var cases: [String] = []

    /// The program and its arguments, which follow `--`; `CommandLineTool` sets them.
    var command: [String] = []

    @OptionGroup var check: CheckOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var page: ReportOptions

    private enum CodingKeys: CodingKey {
        case cases
        case check
        case server
        case page
    }

    func run() async throws {
        let code = try await grade()
        if code != .success { throw code }
    }

    private func grade() async throws -> ExitCode {
        guard !command.isEmpty else {
            throw CommandError(
                "no program to grade; name it after --: sparring check -- "
                    + (cases.isEmpty ? "python app.py" : Shell.line(cases)), .usage)
        }
        let flags = server.flags.merging(check.flags) { $1 }.merging(page.flags) { $1 }
        let settings = try Self.settings(flags)
        if check.population {
            guard cases.isEmpty, !settings.isSerial else {
                throw CommandError(
                    "--population takes no cases, and cannot be combined with --attach or --gateway", .usage)
            }
            guard settings.report == nil else {
                throw CommandError(
                    "--report shows cases, and --population plays none; leave one of the two options out", .usage)
            }
            return try await LoadRunCommand(command: command, settings: settings).run()
        }
        let all = try CaseFiles.all(with: settings.caseFiles)
        let pool = settings.isQuick ? try CaseFiles.quick(of: all) : all
        let selected = try CaseFiles.select(cases, without: settings.skipped, from: pool, of: all)
        let set = try CaseFiles.set(settings.set)
        guard let sanity = all.first(where: { $0.id == BuiltInCases.sanity }) else {
            throw CommandError("the suite has no \(BuiltInCases.sanity)", .internalError)
        }
        let known = try KnownFailuresFile(settings.knownFailures, update: check.updateKnownFailures, among: all)
        if let path = settings.report { try PageFile.prepare(path, isQuiet: settings.isQuiet) }
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
                writing: EventWriter(file: file, isPrinted: settings.format == .json), set: set,
                flags: CaseFlags.words(flags), progress: ProgressLine(settings))
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
        if let path = settings.report {
            try OutputFiles.write(ReportFormat.html.text([GradedRun(log)]), to: path)
        }
        if check.updateKnownFailures { return try known.update(with: GradedRun(log)) }
        let code = log.end?.outcome.exitCode ?? .internalError
        return code == .success && !isComplete ? .ioError : code
    }

    /// The settings in use. An app or a gateway is configured with Sparring's base URL in advance, so the port of the server must always be
    /// the same.
    private static func settings(_ flags: [Settings.Key: String]) throws -> Settings {
        let settings = try Settings(flags: flags, defaultPort: 0)
        guard settings.isSerial else { return settings }
        if let jobs = settings.jobs, jobs > 1 {
            throw CommandError("--attach and --gateway play one case at a time; leave out --jobs", .usage)
        }
        if settings.isAttached, settings.gateway != nil || settings.isDriver {
            throw CommandError("--attach cannot be combined with --gateway or --driver", .usage)
        }
        return try Settings(flags: flags, defaultPort: 8080)
    }

    /// Plays the suite until it ends or a signal arrives, and returns the log so far.
    ///
    /// - Returns: a failure if an event could not be written, because an incomplete log is not graded.
    private func play(
        _ suite: Suite, to client: ClientUnderTest, on server: CaseServer, until signals: Signals,
        writing writer: EventWriter, set: RequirementSet, flags: [String],
        progress line: ProgressLine
    ) async -> Result<RunLog, OutputError> {
        let start = ContinuousClock.now
        let stop = signals.stop
        let run = Task { [command] () -> Result<RunLog, OutputError> in
            var log = RunLog()
            var problem: OutputError?
            var progress = CheckProgress(suite.cases.map(\.id))
            func tell(_ unmasked: RunEvent) {
                let event = unmasked.masked
                log.append(event)
                guard problem == nil else { return }
                do throws(OutputError) {
                    try writer.write(event)
                    if progress.note(event, at: ContinuousClock.now - start) { try line.show(progress.words) }
                } catch {
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
                        client: client.introduction?.client, flags: flags, machine: Machine.words)))
            let ending = await suite.run(on: server, tell: tell)
            do throws(OutputError) { try line.clear() } catch { problem = problem ?? error }
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
        try StandardOutput.write(
            format.text(
                [GradedRun(log)], tracesAll: settings.tracesAll, style: Terminal.standardOutput.style))
    }
}

extension Settings {
    /// Whether cases run one after another, because an app or a gateway sends the requests of all cases to one URL.
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
