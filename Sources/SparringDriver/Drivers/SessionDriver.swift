package import SparringConformance
import SparringExchange
import SparringJSON

/// A driver that reads and writes lines of JSON. One process plays many cases, several at the same time.
///
/// A driver that violates the protocol is not used any further, because its verdicts would be wrong.
package actor SessionDriver: Driver {
    private let command: [String]
    /// Variables in addition to the variables of every client.
    private let environment: [String: String]
    private let kit: String
    private var process: DriverProcess?
    /// The number of the current process. Output of earlier processes is ignored.
    private var generation = 0
    /// The running start of a process, for all calls that wait for it.
    private var beginning: Task<DriverIntroduction, any Error>?
    private var greeting: CheckedContinuation<DriverIntroduction, any Error>?
    private var waiting: [String: CheckedContinuation<Answer, Never>] = [:]
    private var commands = 0
    private var answered: Set<String> = []
    /// The reason why the driver cannot be used any further; nil if the driver can still be used.
    private var problem: String?

    /// The maximum number of restarts of a driver that has ended.
    private let mostRestarts: Int
    /// The longest time until the driver introduces itself. Importing a client library alone takes seconds of CPU time.
    private static let greetingPatience = Duration.seconds(60)
    /// The longest time until the driver ends after `stop`.
    private static let farewellPatience = Duration.seconds(5)

    private enum Answer: Sendable {
        case reply(DriverReply)
        /// The process ended; the text describes how.
        case lost(String)
        /// The deadline passed; the text names the event that the client was waiting for.
        case expired(String)
    }

    package nonisolated var isShared: Bool { true }

    /// Starts the driver and reads its introduction.
    ///
    /// - Parameter mostRestarts: the maximum number of restarts of a driver that has ended.
    package static func start(
        _ command: [String], kit: String, mostRestarts: Int = 5, environment: [String: String] = [:]
    ) async throws(LaunchError) -> (driver: SessionDriver, introduction: DriverIntroduction) {
        let driver = SessionDriver(command: command, kit: kit, mostRestarts: mostRestarts, environment: environment)
        return (driver, try await driver.begin())
    }

    private init(command: [String], kit: String, mostRestarts: Int, environment: [String: String]) {
        self.mostRestarts = mostRestarts
        self.command = command
        self.kit = kit
        self.environment = environment
    }

    // MARK: A case

    package func play(
        _ session: CaseSession, deadline: @escaping @Sendable () async -> String
    ) async throws(LaunchError) -> DriverResult {
        let start = session.now
        let process = try await running()
        let mark = process.errorMark
        commands += 1
        let id = String(commands)
        let command = DriverProtocol.run(
            session.subject, id: id, baseURL: session.baseURL, apiKey: session.apiKey, session: session.token,
            deadline: Deadline.afterFirstRequest(of: session.subject))
        let answer = await withTaskGroup(of: Void.self, returning: Answer.self) { group in
            group.addTask { await self.expire(id, deadline()) }
            let answer = await ask(command, id: id, process)
            group.cancelAll()
            return answer
        }
        if let problem { throw LaunchError(description: problem) }
        let errors = process.standardError(since: mark)
        return switch answer {
        case .reply(.outcome(_, let outcome)): DriverResult(.reported, outcome: outcome, standardError: errors)
        case .reply(.skipped(_, let reason)): DriverResult(.skipped(reason), standardError: errors)
        case .reply(.unsupported): DriverResult(.skipped("the driver does not know the command"), standardError: errors)
        case .lost(let how): DriverResult(.lost(how), standardError: errors)
        case .expired(let question):
            DriverResult(.expired(after: session.now - start, waiting: question), standardError: errors)
        }
    }

    private func ask(_ command: JSONValue, id: String, _ process: DriverProcess) async -> Answer {
        await withCheckedContinuation { continuation in
            waiting[id] = continuation
            // If the process has ended, the continuation is resumed when its output ends.
            process.send(command)
        }
    }

    /// Ends the process at the deadline of a case. Other cases of the process are lost.
    private func expire(_ id: String, _ question: String) {
        guard let continuation = waiting.removeValue(forKey: id) else { return }
        continuation.resume(returning: .expired(question))
        abandon("the driver was stopped at the deadline of another case")
    }

    // MARK: The process

    /// Asks the driver to finish its cases and to end.
    ///
    /// - Returns: how the driver ended; nil if it had to be killed, or if it had already ended.
    @discardableResult
    package func stop() async -> String? {
        guard let process else { return nil }
        self.process = nil
        generation += 1
        process.send(DriverProtocol.stop)
        process.endInput()
        let clock = Task {
            try await Task.sleep(for: Self.farewellPatience)
            process.terminate()
        }
        let how = await process.ending()
        clock.cancel()
        return (try? await clock.value) == nil ? how : nil
    }

    private func running() async throws(LaunchError) -> DriverProcess {
        while true {
            if let problem { throw LaunchError(description: problem) }
            if let process, greeting == nil { return process }
            guard beginning != nil || generation <= mostRestarts else {
                throw LaunchError(description: "the driver ended \(generation) times and is not restarted")
            }
            _ = try await begin()
        }
    }

    private func begin() async throws(LaunchError) -> DriverIntroduction {
        let task = beginning ?? Task { try await greet() }
        beginning = task
        defer { beginning = nil }
        do {
            return try await task.value
        } catch {
            throw error as? LaunchError ?? LaunchError(description: "\(error)")
        }
    }

    private func greet() async throws -> DriverIntroduction {
        let process = try DriverProcess.start(
            command, environment: environment.mapValues(Optional.some).merging(Subject.surroundings) { $1 })
        self.process = process
        generation += 1
        let number = generation
        Task {
            for await piece in process.lines { hear(piece, from: number) }
            // If the output of the process has ended, the process is about to end by itself; otherwise it is killed.
            await end(process, number)
        }
        let clock = Task {
            try await Task.sleep(for: Self.greetingPatience)
            fail("the driver does not reply to `start` within \(Self.greetingPatience.inWords)")
        }
        defer { clock.cancel() }
        return try await withCheckedThrowingContinuation { continuation in
            greeting = continuation
            process.send(DriverProtocol.start(kit: kit))
        }
    }

    private func end(_ process: DriverProcess, _ number: Int) async {
        process.endInput()
        let how = await process.ending()
        guard number == generation, self.process != nil else { return }
        if greeting != nil {
            let said = Redaction.output(process.standardError(since: 0)).suffix(1000)
            fail("\(how) before it replied to `start`" + (said.isEmpty ? "" : "; its standard error:\n\(said)"))
        } else {
            abandon(how)
        }
    }

    /// Ends the process and its cases. The next case starts another process.
    private func abandon(_ how: String) {
        process?.terminate()
        process = nil
        let lost = waiting.values
        waiting = [:]
        for continuation in lost { continuation.resume(returning: .lost(how)) }
    }

    private func fail(_ problem: String) {
        self.problem = self.problem ?? problem
        greeting?.resume(throwing: LaunchError(description: problem))
        greeting = nil
        abandon(problem)
    }

    // MARK: Output of the driver

    private func hear(_ piece: OutputLines.Piece, from number: Int) {
        guard number == generation, process != nil else { return }
        do throws(ProtocolProblem) {
            guard let json = try message(piece) else { return }
            if let greeting {
                let introduction = try DriverIntroduction(json: json)
                self.greeting = nil
                greeting.resume(returning: introduction)
            } else {
                try take(DriverReply(json: json))
            }
        } catch {
            fail("the driver violates the protocol: \(error)")
        }
    }

    /// - Returns: nil for an empty line.
    private func message(_ piece: OutputLines.Piece) throws(ProtocolProblem) -> JSONValue? {
        switch piece {
        case .tooLong(let count): throw ProtocolProblem("a line of more than \(count) bytes")
        case .line(let bytes):
            if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) { return nil }
            if let json = try? JSONValue.parse(bytes) { return json }
            let text = String(decoding: bytes.prefix(200), as: UTF8.self)
            throw ProtocolProblem("standard output is only for the protocol, logs go to standard error: \(text)")
        }
    }

    private func take(_ reply: DriverReply) throws(ProtocolProblem) {
        guard let id = reply.id else { throw ProtocolProblem("a reply has no `id`, but its command has an `id`") }
        guard let continuation = waiting.removeValue(forKey: id) else {
            throw ProtocolProblem(
                answered.contains(id) ? "run '\(id)' is answered twice" : "there is no run '\(id)'")
        }
        answered.insert(id)
        continuation.resume(returning: .reply(reply))
    }
}
