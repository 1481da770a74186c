import SparringEngine
import SparringExchange
import SparringScenario

extension MockServer {
    /// An isolated part of a server, with its own script, counters, rate limits, random numbers and clock.
    ///
    ///     let session = server.session()
    ///     try session.use(MockScenario(steps: [.text("hello")]))
    ///     let client = MyClient(baseURL: session.baseURL, apiKey: session.apiKey)
    ///
    /// The session of a request comes from the first of these that names one: the base URL, the header `X-Sparring-Session`, the suffix of
    /// the model (`gpt-4o-mini@NAME`), the API key.
    public struct Session: Sendable {
        /// The session's name, which its base URL and its key contain.
        public let name: String
        let server: MockServer

        private var isDefault: Bool { name == RequestAddress.defaultName }

        /// The path of the base URL, such as `/s/s1/v1`.
        public var path: String { isDefault ? "/v1" : server.path(session: name) }

        /// The base URL for clients, such as `http://127.0.0.1:49152/s/s1/v1`.
        public var baseURL: String { server.origin + path }

        /// A key for clients, which also names the session.
        public var apiKey: String { "sk-sparring-\(name)" }

        /// The session of the engine, created on first use.
        var session: SparringEngine.Session { server.engine.sessions.session(named: name, now: server.now) }

        // MARK: Script

        /// Switches to another scenario. Counters, calls, stored objects and the clock are reset.
        ///
        /// - Throws: ``MockScenarioError`` with all mistakes of the scenario. Listeners in the scenario are also a mistake, because listeners
        ///   belong to a server.
        public func use(_ scenario: MockScenario) throws(MockScenarioError) {
            let resolved = try scenario.resolved()
            if let obstacle = resolved.obstacle(in: server) { throw MockScenarioError(mistakes: [obstacle]) }
            restart(with: server.engine.sessions.world(of: resolved))
        }

        /// Restarts the same scenario. Counters, calls, stored objects and the clock are reset.
        public func reset() { restart(with: nil) }

        private func restart(with world: ScenarioContext?) {
            let session = session
            do throws(StoreProblem) {
                try session.forgetObjects()
            } catch {
                // Only the command line passes a store that can fail. The store in memory cannot fail.
                preconditionFailure("the objects of session '\(name)' cannot be deleted: \(error)")
            }
            session.restart(with: world)
        }

        /// Applies faults to the next calls, in addition to the faults of their steps.
        ///
        /// - Parameters:
        ///   - faults: faults of answers. Faults of connections and of request heads are applied before the session is known.
        ///   - calls: the number of calls, at least 1.
        /// - Throws: ``MockScenarioError`` for faults that cannot be applied.
        public func faults(_ faults: MockScenario.Fault..., next calls: Int = 1) throws(MockScenarioError) {
            try push(faults, next: calls)
        }

        func push(_ faults: [MockScenario.Fault], next calls: Int) throws(MockScenarioError) {
            let sorted = MockScenario.Fault.sorted(faults)
            var mistakes = sorted.mistakes
            mistakes += sorted.request.map { "'\($0)' is applied before a session is known: put it into a scenario" }
            mistakes += sorted.answer.compactMap { $0.obstacle(in: server) }
            if calls < 1 { mistakes.append("next must be at least 1 call, not \(calls)") }
            guard mistakes.isEmpty else { throw MockScenarioError(mistakes: mistakes) }
            session.adjust { $0.push(sorted.answer, calls: calls) }
        }

        // MARK: Time

        /// Changes the clock of the session. Rate-limit windows, times of objects and the pauses of answers follow this
        /// clock. Clients still wait in real time.
        ///
        /// - Parameters:
        ///   - advance: the time by which the clock is moved forward, at least zero. The clock can be at most 100 years
        ///   ahead of real time.
        ///   - scale: the real time in seconds for one second of the session from now on, 0.0001 to 1000. With 0.01, a
        ///   minute takes 0.6 s.
        /// - Throws: ``InvalidValue`` for values outside these ranges. The clock does not change then.
        public func clock(advance: Duration? = nil, scale: Double? = nil) throws(InvalidValue) {
            if let advance, advance < .zero { throw InvalidValue("a clock cannot go back: advance is \(advance)") }
            if let scale { try InvalidValue.check(scale: scale) }
            let now = server.now
            let (_, isChanged) = session.changeClock { clock in
                guard advance.map({ clock.advance(by: $0, at: now) }) ?? true else { return false }
                if let scale { clock.setScale(scale, at: now) }
                return true
            }
            guard isChanged else { throw InvalidValue("the clock would be more than 100 years ahead") }
        }

        // MARK: Results

        /// The calls so far, in order of arrival. After a client has received its answer, its call is in this list.
        public var calls: [RecordedCall] {
            (server.engine.sessions.existing(name)?.exchanges ?? []).filter { !$0.decision.isAuxiliary }
                .map(RecordedCall.init)
        }

        /// The report of the session so far.
        ///
        /// An answer that is still being sent counts with the part that was sent.
        public func report() -> Report { Report(RunReport(session, seed: server.engine.seed)) }

        /// Throws an error if the calls do not match the scenario.
        ///
        /// - Throws: ``VerificationError`` with the failures and the exchanges.
        public func verify() throws(VerificationError) { try report().verify() }
    }
}

/// The default session.
extension MockServer {
    /// Switches to another scenario. Counters, calls, stored objects and the clock of the default session are reset.
    ///
    /// - Throws: ``MockScenarioError`` with all mistakes of the scenario.
    public func use(_ scenario: MockScenario) throws(MockScenarioError) { try defaultSession.use(scenario) }

    /// Restarts the default session with the same scenario.
    public func reset() { defaultSession.reset() }

    /// Applies faults to the next calls of the default session, in addition to the faults of their steps.
    ///
    /// - Throws: ``MockScenarioError`` for faults that cannot be applied.
    public func faults(_ faults: MockScenario.Fault..., next calls: Int = 1) throws(MockScenarioError) {
        try defaultSession.push(faults, next: calls)
    }

    /// Changes the clock of the default session: see ``Session/clock(advance:scale:)``.
    ///
    /// - Throws: ``InvalidValue`` for values outside the ranges.
    public func clock(advance: Duration? = nil, scale: Double? = nil) throws(InvalidValue) {
        try defaultSession.clock(advance: advance, scale: scale)
    }

    /// The calls of the default session, in order of arrival. After a client has received its answer, its call is in
    /// this list.
    public var calls: [RecordedCall] { defaultSession.calls }
}
