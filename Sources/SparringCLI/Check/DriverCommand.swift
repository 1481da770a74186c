import ArgumentParser
import SparringConformance
import SparringDriver

struct DriverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "driver",
        abstract: "Write a driver for a client, or check that a driver follows the protocol.",
        discussion: """
            A driver is a program that makes calls with a client library: it reads a line of JSON for each call, and \
            writes a line with the result. A driver starts only once, which is faster, and plays many cases at a time. \
            docs/reference/drivers.md describes the protocol.

              sparring driver new python > driver.py
              sparring driver check -- python driver.py
              sparring check --driver -- python driver.py
            """,
        subcommands: [DriverCheck.self, DriverNew.self])
}

struct DriverNew: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Print a short driver to start from.",
        discussion: "  sparring driver new python > driver.py")

    @Argument(
        help: ArgumentHelp(
            "The language: \(DriverTemplate.all.map(\.language).joined(separator: ", ")).", valueName: "language"),
        completion: .list(DriverTemplate.all.map(\.language)))
    var language: String

    func run() throws {
        guard let template = DriverTemplate.named(language) else {
            let names = DriverTemplate.all.map(\.language).joined(separator: ", ")
            throw CommandError("there is no driver for '\(language)'; there is one for \(names)", .usage)
        }
        try StandardOutput.write(template.text)
    }
}

struct DriverCheck: AsyncParsableCommand, RunsProgram {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check that a driver follows the protocol.",
        usage: "sparring driver check -- COMMAND [ARGUMENT ...]",
        discussion: """
            Starts the driver, talks to it as `check --driver` does, and reports each requirement of the protocol. \
            Exit codes: 0 the driver follows the protocol, 1 it does not, 69 it cannot be started.

              sparring driver check -- python driver.py
            """)

    var command: [String] = []

    private enum CodingKeys: CodingKey {}

    func run() async throws {
        let code = try await check()
        if code != .success { throw code }
    }

    private func check() async throws -> ExitCode {
        guard !command.isEmpty else {
            throw CommandError("no driver to check: sparring driver check -- python driver.py", .usage)
        }
        let all = try CaseFiles.builtIn()
        let settings = try Settings(flags: [.port: "0"], defaultPort: 0)
        let hello = try CaseFiles.select([BuiltInCases.sanity], without: [], from: all)
        let refused = try CaseFiles.select(["no-retry.401"], without: [], from: all)
        let log = ServerLog {}
        let (live, server) = try await LiveServer.startForCases(settings, log: log)
        let trial = DriverTrial(command: command, kit: Version.text, hello: hello[0], refused: refused[0], on: server)
        let result: Result<[DriverTrial.Finding], LaunchError>
        do throws(LaunchError) { result = .success(try await trial.findings()) } catch { result = .failure(error) }
        _ = await live.stop()
        try log.check()
        switch result {
        case .failure(let error): throw CommandError("\(error)", .clientUnavailable)
        case .success(let findings):
            for finding in findings { try StandardOutput.write(line(finding)) }
            return findings.contains { $0.grade == .broken } ? .failure : .success
        }
    }

    private func line(_ finding: DriverTrial.Finding) -> String {
        let word =
            switch finding.grade {
            case .held: "ok    "
            case .advice: "hint  "
            case .broken: "BROKEN"
            }
        let actual = finding.actual.split(separator: "\n").map { "        \($0)\n" }.joined()
        return "\(word)  \(finding.requirement)\n\(actual)"
    }
}
