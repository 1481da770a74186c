import SparringEngine
import SparringExchange
import SparringScenario

extension MockServer {
    /// A part of a server that shares nothing with the others: its own script, counters, rate limits, random numbers and clock.
    ///
    ///     let session = server.session()
    ///     try session.use(MockScenario(steps: [.text("hello")]))
    ///     let client = MyClient(baseURL: session.baseURL, apiKey: session.apiKey)
    ///
    /// A request belongs to the session that its base URL names, or its header `X-Sparring-Session`, or the suffix of its model
    /// (`gpt-4o-mini@NAME`), or its API key, in this order.
    public struct Session: Sendable {
        /// What the base URL and the key have of it.
        public let name: String
        let server: MockServer

        private var isDefault: Bool { name == RequestAddress.defaultName }

        /// The path of the base URL, such as `/s/s1/v1`.
        public var path: String { isDefault ? "/v1" : server.path(session: name) }

        /// The base URL for clients, such as `http://127.0.0.1:49152/s/s1/v1`.
        public var baseURL: String { server.origin + path }

        /// A key for clients, which names the session as well.
        public var apiKey: String { "sk-sparring-\(name)" }

        /// The session of the engine. It is made if this is its first use.
        var session: SparringEngine.Session { server.engine.sessions.session(named: name, now: server.now) }

        // MARK: Script

        /// Answers by another scenario from now on. Counters, calls, stored objects and the clock start afresh.
        ///
        /// - Throws: ``MockScenarioError`` with all mistakes of the scenario. A scenario with listeners is one: they belong to a
        ///   server.
        public func use(_ scenario: MockScenario) throws(MockScenarioError) {
            let resolved = try scenario.resolved()
            if let obstacle = resolved.obstacle(in: server) { throw MockScenarioError(mistakes: [obstacle]) }
            restart(with: server.engine.sessions.world(of: resolved))
        }

        /// Starts afresh with the same scenario: counters, calls, stored objects and the clock.
        public func reset() { restart(with: nil) }

        private func restart(with world: ScenarioContext?) {
            let session = session
            do throws(StoreProblem) {
                try session.forgetObjects()
            } catch {
                // Only the command line hands in a store that can fail: the one in memory has no disk.
                preconditionFailure("the objects of session '\(name)' cannot be deleted: \(error)")
            }
            session.restart(with: world)
        }

        /// Breaks the next calls, whatever their steps say.
        ///
        /// - Parameters:
        ///   - faults: faults of answers. Those of connections and of request heads are decided on before a session is known.
        ///   - next: the number of calls, at least 1.
        /// - Throws: ``MockScenarioError`` for faults that cannot be applied.
        public func faults(_ faults: MockScenario.Fault..., next calls: Int = 1) throws(MockScenarioError) {
            try push(faults, next: calls)
        }

        func push(_ faults: [MockScenario.Fault], next calls: Int) throws(MockScenarioError) {
            let sorted = MockScenario.Fault.sorted(faults)
            var mistakes = sorted.mistakes
            mistakes += sorted.request.map { "'\($0)' is applied before a session is known: put it into a scenario" }
            mistakes += sorted.answer.compactMap { $0.obstacle(in: server) }
            if calls < 1 { mistakes.append("next is at least 1 call, not \(calls)") }
            guard mistakes.isEmpty else { throw MockScenarioError(mistakes: mistakes) }
            session.adjust { $0.push(sorted.answer, calls: calls) }
        }

        // MARK: Time

        /// Moves the clock of the session. Windows of rate limits, times of objects and the pauses of answers follow it; clients
        /// still wait in real time.
        ///
        /// - Parameters:
        ///   - advance: how far the clock jumps ahead, at least zero. In all it can be at most 100 years ahead.
        ///   - scale: how long a second of the session takes in real time from now on, 0.0001 to 1000: with 0.01 a minute takes 0.6 s.
        /// - Throws: ``InvalidValue`` for values outside these ranges. The clock is then unchanged.
        public func clock(advance: Duration? = nil, scale: Double? = nil) throws(InvalidValue) {
            if let advance, advance < .zero { throw InvalidValue("a clock cannot go back, as by \(advance)") }
            if let scale { try InvalidValue.check(scale: scale) }
            let now = server.now
            let (_, isChanged) = session.changeClock { clock in
                guard advance.map({ clock.advance(by: $0, at: now) }) ?? true else { return false }
                if let scale { clock.setScale(scale, at: now) }
                return true
            }
            guard isChanged else { throw InvalidValue("the clock would be more than 100 years ahead") }
        }

        // MARK: What happened

        /// The calls so far, in the order in which they came. A client that has its answer finds its call here.
        public var calls: [RecordedCall] {
            (server.engine.sessions.existing(name)?.exchanges ?? []).filter { !$0.decision.isAuxiliary }
                .map(RecordedCall.init)
        }

        /// How the scenario and the calls fit together so far.
        ///
        /// An answer that is still being sent counts as far as it went.
        public func report() -> Report { Report(RunReport(session)) }

        /// Fails if the scenario and the calls do not fit together.
        ///
        /// - Throws: ``VerificationError`` with what does not fit and what went over the wire.
        public func verify() throws(VerificationError) { try report().verify() }
    }
}

/// The default session.
extension MockServer {
    /// Answers by another scenario from now on. Counters, calls, stored objects and the clock of the default session start afresh.
    ///
    /// - Throws: ``MockScenarioError`` with all mistakes of the scenario.
    public func use(_ scenario: MockScenario) throws(MockScenarioError) { try defaultSession.use(scenario) }

    /// Starts the default session afresh with the same scenario.
    public func reset() { defaultSession.reset() }

    /// Breaks the next calls of the default session, whatever their steps say.
    ///
    /// - Throws: ``MockScenarioError`` for faults that cannot be applied.
    public func faults(_ faults: MockScenario.Fault..., next calls: Int = 1) throws(MockScenarioError) {
        try defaultSession.push(faults, next: calls)
    }

    /// Moves the clock of the default session: see ``Session/clock(advance:scale:)``.
    ///
    /// - Throws: ``InvalidValue`` for values outside the ranges.
    public func clock(advance: Duration? = nil, scale: Double? = nil) throws(InvalidValue) {
        try defaultSession.clock(advance: advance, scale: scale)
    }

    /// The calls of the default session, in the order in which they came. A client that has its answer finds its call here.
    public var calls: [RecordedCall] { defaultSession.calls }
}
