import ArgumentParser
import Foundation
import SparringConformance
import SparringDriver
import SparringJSON
import SparringReport

struct GatewayCheck: AsyncParsableCommand, RunsProgram {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Grade a gateway: failover, streams, errors, usage, limits and secrets.",
        usage: "sparring gateway check [CASE ...] --through URL [OPTIONS] [-- COMMAND]",
        discussion: """
            Sparring plays both ends of the gateway: the client, and the upstreams `primary` and `secondary`. Sparring compares \
            what the client receives with what the upstreams received and answered.

              sparring gateway check --through http://localhost:4000/v1 \\
                  --start 'litellm --config {config} --port 4000' \\
                  --config litellm.yaml --key sk-1234

            --start starts the gateway with the shell, waits until it answers, and ends it afterwards. The gateway's environment has \
            the base URL and the keys of each upstream: SPARRING_PRIMARY_URL, SPARRING_PRIMARY_KEY, \
            SPARRING_PRIMARY_KEY_2, SPARRING_SECONDARY_URL, and so on. --config is a template of the gateway's configuration file \
            with {{primary.url}}, {{primary.host}}, {{primary.port}}, {{primary.key}}; {config} in the command is the path \
            of the filled file, {port} the port of --through. If the command contains {port}, each URL gets its own process.

            Without --start, the gateway must already be running, and its upstreams must be --port and the next port.

            Several URLs are replicas of one gateway: calls are spread over them in turn.

            A program after -- makes the calls of the cases in the place of Sparring's client, one process for each call; \
            with --driver, it is a driver, whose process makes many calls. Client and gateway are then graded together. Checks \
            of what a client does not report, such as the usage or the bytes of an answer, are "unobserved".

              sparring gateway check --through http://localhost:4000/v1 --driver -- \\
                  python driver.py

            A check that cannot be judged is "unobserved", with the reason: for example, failover of a gateway that has only \
            one upstream.

            Exit codes: 0 passed, 1 failed, 64 no case matched, 69 the gateway could not be started or reached, 70 a bug \
            of sparring.
            """)

    @Argument(
        help: ArgumentHelp(
            "Ids of cases; * matches anything. The default is all cases. `sparring gateway cases` lists the cases.",
            valueName: "case"))
    var cases: [String] = []

    @OptionGroup var gateway: GatewayOptions

    @Option(help: ArgumentHelp("A file with the gateway's keys, limits, budget and headers.", valueName: "file"))
    var adapter: String?

    @Option(
        name: .customLong("cases"), help: ArgumentHelp("A file or folder with cases of your own.", valueName: "path"))
    var caseFiles: [String] = []

    @Option(help: ArgumentHelp("Ids of cases to leave out; * matches anything.", valueName: "case"))
    var skip: [String] = []

    @Option(
        help: ArgumentHelp(
            "How long the gateway may avoid an upstream after a failure. The default is 10 s.", valueName: "seconds"))
    var recovery: Int?

    @Option(help: "The format of the report.")
    var format = GatewayFormat.text

    @Flag(help: "Show the wire (requests and answers) of every case, not only of failed cases.")
    var trace = false

    @Option(name: .customLong("fail-on"), help: "The lowest level whose failure fails the run: must or should.")
    var failOn = GatewayFailLevel.must

    @Flag(help: "The program after -- speaks the protocol for drivers.")
    var driver = false

    /// The client under test and its arguments, which follow `--`; `CommandLineTool` sets them. Empty for Sparring's own client.
    var command: [String] = []

    private enum CodingKeys: CodingKey {
        case cases
        case gateway
        case adapter
        case caseFiles
        case skip
        case recovery
        case format
        case trace
        case failOn
        case driver
    }

    func run() async throws {
        guard !driver || !command.isEmpty else {
            throw CommandError(
                "no driver to start; name it after --: sparring gateway check … --driver -- python driver.py", .usage)
        }
        let known = try adapter.map(GatewayAdapter.read) ?? GatewayAdapter()
        let selected = try GatewayCaseFiles.select(
            cases, without: skip, from: try GatewayCaseFiles.all(with: caseFiles))
        let session = try gateway.session(known)
        let code = try await session.run(named: names(of: selected)) { ends in
            let client = command.isEmpty ? nil : try await ClientUnderTest.start(command, isDriver: driver)
            var run = GatewayRun(
                cases: selected, client: ends.client, upstreams: ends.upstreams, terms: known.terms,
                stated: known.features,
                recovery: recovery.map { .seconds($0) } ?? known.recovery ?? .seconds(10),
                failsOnShould: failOn == .should)
            run.driver = client?.gatewayDriver
            let result: Result<ExitCode, any Error>
            do {
                result = .success(try await grade(run, selected, of: known.gateway))
            } catch {
                result = .failure(error)
            }
            await client?.stop()
            return try result.get()
        }
        if code != .success { throw code }
    }

    private func names(of selected: [GatewayCase]) -> [String] {
        let own = Set(selected.flatMap(\.upstreams.keys)).subtracting(GatewayCaseParser.upstreamNames)
        return GatewayCaseParser.upstreamNames + own.sorted()
    }

    private func grade(_ run: GatewayRun, _ selected: [GatewayCase], of name: String?) async throws -> ExitCode {
        let begin = ContinuousClock.now
        var log = RunLog()
        func tell(_ event: RunEvent) { log.append(event.masked) }
        tell(
            .runStart(
                RunEvent.RunStart(
                    kit: Version.text, command: ["sparring", "gateway", "check", "--through", gateway.through],
                    cases: selected.map(\.id), jobs: 1, seed: 1, startedAt: Int(Date().timeIntervalSince1970),
                    failsOnShould: failOn == .should, machine: Machine.words)))
        let result = try await run.run(tell: tell)
        tell(
            .runEnd(
                RunEvent.RunEnd(
                    outcome: result.outcome, milliseconds: Int((ContinuousClock.now - begin) / .milliseconds(1)),
                    reason: result.reason)))
        let report = GatewayReport(
            log: log, ledger: result.ledger, features: result.features, gateway: name,
            replicas: run.client.replicas.count, again: againWords, tracesAll: trace)
        switch format {
        case .text: try StandardOutput.write(report.text(style: Terminal.standardOutput.style))
        case .json: try StandardOutput.print(report.json.text())
        }
        return result.outcome.exitCode
    }

    /// The options of this run, for the command that repeats a case.
    private var againWords: [String] {
        let words = gateway.words + (adapter.map { ["--adapter", $0] } ?? [])
        let program = command.isEmpty ? [] : (driver ? ["--driver", "--"] : ["--"]) + command
        return words + caseFiles.flatMap { ["--cases", $0] } + ["--trace"] + program
    }
}

enum GatewayFailLevel: String, CaseIterable, ExpressibleByArgument {
    case must
    case should
}
