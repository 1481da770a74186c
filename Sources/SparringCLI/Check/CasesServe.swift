import ArgumentParser
import SparringConformance
import SparringDriver
import SparringReport

/// Serves one case until interrupted, for a client that is started by hand or in a debugger.
struct CasesServe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve a case until interrupted, then print the verdict.",
        discussion: """
              sparring cases serve retry-after.seconds

            Point the client at the printed base URL. Ctrl-C ends the case and prints the verdict. Checks that need \
            the exit code of the client are reported as unobserved.
            """)

    @Argument(help: ArgumentHelp("The id of the case.", valueName: "case")) var id: String
    @OptionGroup var own: CaseOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let code = try await serve()
        if code != .success { throw code }
    }

    private func serve() async throws -> ExitCode {
        let settings = try Settings(flags: server.flags.merging(own.flags) { $1 }, defaultPort: 8080)
        let all = try CaseFiles.all(with: settings.caseFiles)
        guard let subject = try CaseFiles.select([id], without: [], from: all).first else { return .usage }
        let signals = Signals()
        let log = signals.log()
        let (live, server) = try await LiveServer.startForCases(settings, log: log, listening: [subject])
        let session = try await server.admit(server.open(subject, round: 1))
        try StandardOutput.write(
            """
            \(subject.id): \(subject.title)
            OPENAI_BASE_URL=\(session.baseURL)
            OPENAI_API_KEY=\(session.apiKey)
            prompt: \(session.prompt)
            \(live.trust.map { "\($0)=\($1)\n" }.sorted().joined())
            """)
        _ = await signals.first()
        signals.exitOnNext()
        let run = await CaseRun.byHand(session, on: server)
        await session.close()
        let isComplete = await live.stop()
        signals.keepUntilHere()
        try log.check()
        let events = RunLog(
            [.caseStart(RunEvent.CaseStart(subject, session: session.token, round: 1))] + run.events.map(\.masked))
        try StandardOutput.write(
            "\n" + events.entries.flatMap { ConsoleReport.lines($0) }.joined(separator: "\n") + "\n")
        return run.verdict.isBad ? .failure : (isComplete ? .success : .ioError)
    }
}
