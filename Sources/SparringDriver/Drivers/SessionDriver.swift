package import SparringConformance
import SparringExchange
import SparringJSON

/// A client driven by lines of JSON: one process that plays many cases, some of them at once.
///
/// What the process says is held against the protocol. A driver that breaks it is not driven on: its verdicts would be ours.
package actor SessionDriver: Driver {
    private let command: [String]
    /// Beside what every client has in its own.
    private let environment: [String: String]
    private let kit: String
    private var process: DriverProcess?
    /// Counts processes: what an earlier one still says is not heard.
    private var generation = 0
    /// A process that is being started, for all who wait for one.
    private var beginning: Task<DriverIntroduction, any Error>?
    private var greeting: CheckedContinuation<DriverIntroduction, any Error>?
    private var waiting: [String: CheckedContinuation<Answer, Never>] = [:]
    private var commands = 0
    private var answered: Set<String> = []
    /// What is wrong with the driver; nothing is played after it.
    private var problem: String?

    /// How often a driver that has ended is started again.
    private let mostRestarts: Int
    /// Until it has introduced itself: importing a client library alone costs seconds of CPU.
    private static let greetingPatience = Duration.seconds(60)
    /// Until it has ended after `stop`.
    private static let farewellPatience = Duration.seconds(5)

    private enum Answer: Sendable {
        case reply(DriverReply)
        /// The process has ended, and how.
        case lost(String)
        /// The deadline passed, with that question open.
        case expired(String)
    }

    package nonisolated var isShared: Bool { true }

    /// Starts the driver and hears its introduction.
    /// - Parameter mostRestarts: how often it is started again where it ends.
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
            // A process that no longer reads has ended: whoever waits is told when its output ends.
            process.send(command)
        }
    }

    /// A case has had its time: the process goes, and with it what else it was about.
    private func expire(_ id: String, _ question: String) {
        guard let continuation = waiting.removeValue(forKey: id) else { return }
        continuation.resume(returning: .expired(question))
        abandon("the driver was ended at the deadline of another case")
    }

    // MARK: The process

    /// Lets it finish what it has begun.
    /// - Returns: how it ended; nil where it had to be made to, or had ended before.
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
                throw LaunchError(description: "the driver has ended \(generation) times: it is not started again")
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
            // Its output is at its end: it goes, or is made to.
            await end(process, number)
        }
        let clock = Task {
            try await Task.sleep(for: Self.greetingPatience)
            fail("the driver does not answer `start` within \(Self.greetingPatience.inWords)")
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
            fail("\(how) before it had introduced itself" + (said.isEmpty ? "" : ", and said:\n\(said)"))
        } else {
            abandon(how)
        }
    }

    /// What was in flight is lost. The next case starts another process.
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

    // MARK: What it says

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
            fail("the driver breaks the protocol: \(error)")
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
            throw ProtocolProblem("standard output is for the protocol alone, logs go to standard error: \(text)")
        }
    }

    private func take(_ reply: DriverReply) throws(ProtocolProblem) {
        guard let id = reply.id else { throw ProtocolProblem("an answer without an `id`, to a command that has one") }
        guard let continuation = waiting.removeValue(forKey: id) else {
            throw ProtocolProblem(
                answered.contains(id) ? "run '\(id)' is answered twice" : "there is no run '\(id)' to answer")
        }
        answered.insert(id)
        continuation.resume(returning: .reply(reply))
    }
}
