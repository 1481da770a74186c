package import SparringConformance
import SparringExchange
import SparringJSON
import SparringScenario

/// Checks that a driver follows the protocol, requirement by requirement.
package struct DriverTrial: Sendable {
    package struct Finding: Sendable, Hashable {
        package enum Grade: String, Sendable, Hashable {
            case held
            /// The behaviour is allowed, but probably a mistake.
            case advice
            case broken
        }

        package var grade: Grade
        /// The requirement for a driver.
        package var requirement: String
        /// The behaviour of the tested driver; may be empty.
        package var actual: String
    }

    private let command: [String]
    private let kit: String
    private let server: CaseServer
    /// A plain conversation. `refused` is a call that the API refuses because of its key.
    private let hello: Case
    private let refused: Case

    package init(command: [String], kit: String, hello: Case, refused: Case, on server: CaseServer) {
        self.command = command
        self.kit = kit
        self.hello = hello
        self.refused = refused
        self.server = server
    }

    /// How long a driver may take for each reply. Importing a client library alone takes seconds of CPU time.
    private static let patience = Duration.seconds(60)
    /// How long a driver may take to end. On a busy machine, a driver may take as long to end as it took to start.
    private static let farewell = Duration.seconds(5)

    /// Runs the checks. Stops at the first violation after which the driver cannot continue.
    ///
    /// - Throws: `LaunchError` if the program cannot be started.
    package func findings() async throws(LaunchError) -> [Finding] {
        let process = try DriverProcess.start(command, environment: Subject.surroundings)
        let began = ContinuousClock.now
        var talk = Talk(process)
        var findings: [Finding] = []
        let startup: Duration
        do throws(ProtocolProblem) {
            let introduction = try await introduce(&talk, &findings)
            startup = ContinuousClock.now - began
            try await unknownCommand(&talk, &findings)
            try await together(min(introduction.concurrency, 4), &talk, &findings)
            try await failing(&talk, &findings)
            try await unknownOperation(&talk, &findings)
        } catch {
            findings.append(Finding(grade: .broken, requirement: talk.question, actual: error.description))
            process.terminate()
            let how = await process.ending()
            let said = Redaction.output(process.standardError(since: 0)).suffix(1000)
            if !said.isEmpty { findings.append(Finding(grade: .advice, requirement: how, actual: String(said))) }
            return findings
        }
        await farewell(&talk, &findings, within: max(Self.farewell, startup))
        return findings
    }

    // MARK: The checks

    private func introduce(
        _ talk: inout Talk, _ findings: inout [Finding]
    ) async throws(ProtocolProblem) -> DriverIntroduction {
        talk.question = "replies to `start` with its protocol, client and capabilities"
        talk.say(DriverProtocol.start(kit: kit))
        let json = try await talk.next(within: Self.patience)
        let introduction = try DriverIntroduction(json: json)
        let client = introduction.client
        findings.append(
            Finding(
                grade: .held, requirement: talk.question,
                actual: "\(client.name) \(client.version), \(introduction.concurrency) at a time: "
                    + introduction.capabilities.joined(separator: ", ")))
        let unknown = introduction.capabilities.filter { Capability(rawValue: $0) == nil }.map { name in
            "'\(name)' is not a known capability; the known ones are "
                + Capability.allCases.map(\.rawValue).joined(separator: ", ")
        }
        findings += (unknown + MessageShape.introduction.suspects(in: json)).map {
            Finding(grade: .advice, requirement: "uses only members and names of the protocol", actual: $0)
        }
        return introduction
    }

    private func unknownCommand(_ talk: inout Talk, _ findings: inout [Finding]) async throws(ProtocolProblem) {
        talk.question = "replies to an unknown command with \"error\": \"unsupported\""
        talk.say(["cmd": "dance", "id": "unknown-command"])
        guard case .unsupported(let id) = try DriverReply(json: try await talk.next(within: Self.patience)) else {
            throw ProtocolProblem("the driver accepts the unknown command 'dance'")
        }
        guard id == "unknown-command" else {
            throw ProtocolProblem("the reply has the id '\(id ?? "")', expected 'unknown-command'")
        }
        findings.append(Finding(grade: .held, requirement: talk.question, actual: ""))
    }

    private func together(
        _ count: Int, _ talk: inout Talk, _ findings: inout [Finding]
    ) async throws(ProtocolProblem) {
        talk.question = "plays \(count) runs at a time, replies once to each run, and ignores unknown members"
        var open: [String: CaseSession] = [:]
        for number in 1...count {
            let session = server.open(hello, round: 100 + number)
            let id = "together-\(number)"
            open[id] = session
            talk.say(run(session, id: id))
        }
        while !open.isEmpty {
            let json = try await talk.next(within: Self.patience)
            guard case .outcome(let id, let outcome) = try DriverReply(json: json) else {
                throw ProtocolProblem("the driver does not play a plain conversation: \(json.text().prefix(200))")
            }
            guard let session = open.removeValue(forKey: id) else {
                throw ProtocolProblem("there is no run '\(id)', or the run is answered twice")
            }
            guard outcome.isOK else {
                throw ProtocolProblem("a plain conversation fails: \(outcome.error?.message ?? outcome.json.text())")
            }
            guard outcome.text?.contains(session.token) == true else {
                throw ProtocolProblem(
                    "`text` must be the text of the model, which contains \(session.token); it is "
                        + "'\(outcome.text?.prefix(200) ?? "")'")
            }
            findings += MessageShape.outcome.suspects(in: json).filter { !$0.hasPrefix("`id`") }.map {
                Finding(grade: .advice, requirement: "uses only members and names of the protocol", actual: $0)
            }
        }
        findings.append(Finding(grade: .held, requirement: talk.question, actual: ""))
    }

    private func failing(_ talk: inout Talk, _ findings: inout [Finding]) async throws(ProtocolProblem) {
        talk.question = "reports a failed call as a failure, with its kind"
        talk.say(run(server.open(refused, round: 100), id: "refused"))
        guard case .outcome("refused", let outcome) = try DriverReply(json: try await talk.next(within: Self.patience))
        else { throw ProtocolProblem("there is no reply to the run 'refused'") }
        guard !outcome.isOK else { throw ProtocolProblem("the server sent 401, but the driver reports \"ok\": true") }
        guard let kind = outcome.error?.kind else {
            throw ProtocolProblem("an outcome with \"ok\": false needs an `error` with a `kind`")
        }
        findings.append(
            Finding(
                grade: kind == .auth ? .held : .advice, requirement: talk.question,
                actual: kind == .auth ? "" : "the driver reports `\(kind.rawValue)`; the kind for status 401 is `auth`")
        )
    }

    private func unknownOperation(_ talk: inout Talk, _ findings: inout [Finding]) async throws(ProtocolProblem) {
        talk.question = "skips an unknown operation"
        guard var command = run(server.open(hello, round: 200), id: "unknown-operation").object else { return }
        command["op"] = "dream"
        if var task = command["task"]?.object {
            task["op"] = "dream"
            command["task"] = .object(task)
        }
        talk.say(.object(command))
        switch try DriverReply(json: try await talk.next(within: Self.patience)) {
        case .outcome(_, let outcome) where outcome.isOK:
            throw ProtocolProblem("the driver reports success for the unknown operation 'dream'")
        case .outcome:
            findings.append(
                Finding(
                    grade: .advice, requirement: talk.question,
                    actual:
                        "the driver reports a failure; it must reply { \"skipped\": true, \"reason\": … }, so that the "
                        + "client is not blamed"
                ))
        case .skipped, .unsupported: findings.append(Finding(grade: .held, requirement: talk.question, actual: ""))
        }
    }

    private func farewell(_ talk: inout Talk, _ findings: inout [Finding], within limit: Duration) async {
        talk.question = "ends with exit code 0 after `stop`"
        talk.say(DriverProtocol.stop)
        let how = await talk.end(within: limit)
        findings.append(
            Finding(
                grade: how == "the driver ended with exit code 0" ? .held : .broken, requirement: talk.question,
                actual: how == "the driver ended with exit code 0" ? "" : how))
    }

    /// A `run` command with an unknown member.
    private func run(_ session: CaseSession, id: String) -> JSONValue {
        let command = DriverProtocol.run(
            session.subject, id: id, baseURL: session.baseURL, apiKey: session.apiKey, session: session.token,
            deadline: .seconds(30))
        guard var object = command.object else { return command }
        object["weather"] = ["sky": "clear"]
        return .object(object)
    }
}

/// Commands to a driver and its replies, one after another.
private struct Talk {
    /// The requirement that is being checked.
    var question = "starts"
    private let process: DriverProcess
    private var lines: AsyncStream<OutputLines.Piece>.Iterator

    init(_ process: DriverProcess) {
        self.process = process
        lines = process.lines.makeAsyncIterator()
    }

    func say(_ command: JSONValue) { process.send(command) }

    mutating func next(within patience: Duration) async throws(ProtocolProblem) -> JSONValue {
        let clock = Task { [process] in
            try await Task.sleep(for: patience)
            process.terminate()
        }
        defer { clock.cancel() }
        while let piece = await lines.next() {
            guard case .line(let bytes) = piece else { throw ProtocolProblem("a line does not end") }
            if bytes.isEmpty { continue }
            guard let json = try? JSONValue.parse(bytes) else {
                let text = String(decoding: bytes.prefix(200), as: UTF8.self)
                throw ProtocolProblem("standard output is only for the protocol, logs go to standard error: \(text)")
            }
            return json
        }
        let how = await process.ending()
        throw ProtocolProblem("there is no reply within \(patience.inWords): \(how)")
    }

    /// Closes the driver's input, and returns how the driver ended.
    func end(within patience: Duration) async -> String {
        process.endInput()
        let clock = Task { [process] in
            try await Task.sleep(for: patience)
            process.terminate()
        }
        let how = await process.ending()
        clock.cancel()
        return (try? await clock.value) == nil ? how : "the driver still runs \(patience.inWords) after `stop`"
    }
}
