import SparringEngine
import SparringExchange
import SparringScenario

extension MockServer {
    /// A part of a server that shares nothing with other sessions: it has its own script, counters, rate limits, random
    /// numbers and clock.
    ///
    ///     let session = server.session()
    ///     try session.use(MockScenario(steps: [.text("hello")]))
    ///     let client = MyClient(baseURL: session.baseURL, apiKey: session.apiKey)
    ///
    /// A request belongs to the session named by its base URL, its header `X-Sparring-Session`, the suffix of its model
    /// (`gpt-4o-mini@NAME`), or its API key, in this order.
    public struct Session: Sendable {
        /// The name in the base URL and the key.
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

        /// Switches to another scenario. Counters, calls, stored objects and the clock start afresh.
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
                // Only the command line passes a store that can fail; the store in memory cannot.
                preconditionFailure("the objects of session '\(name)' cannot be deleted: \(error)")
            }
            session.restart(with: world)
        }

        /// Breaks the next calls, whatever their steps say.
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
            if calls < 1 { mistakes.append("next is at least 1 call, not \(calls)") }
            guard mistakes.isEmpty else { throw MockScenarioError(mistakes: mistakes) }
            session.adjust { $0.push(sorted.answer, calls: calls) }
        }

        // MARK: Time

        /// Moves the clock of the session. Rate-limit windows, times of objects and the pauses of answers follow it;
        /// clients still wait in real time.
        ///
        /// - Parameters:
        ///   - advance: how far to move the clock forward, at least zero. In total it can be at most 100 years ahead.
        ///   - scale: how long a second of the session takes in real time from now on, 0.0001 to 1000: with 0.01 a minute takes 0.6 s.
        /// - Throws: ``InvalidValue`` for values outside these ranges. The clock is then unchanged.
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

        /// The calls so far, in order of arrival. Once a client has its answer, its call is here.
        public var calls: [RecordedCall] {
            (server.engine.sessions.existing(name)?.exchanges ?? []).filter { !$0.decision.isAuxiliary }
                .map(RecordedCall.init)
        }

        /// The report of the session so far.
        ///
        /// An answer that is still being sent counts as far as it went.
        public func report() -> Report { Report(RunReport(session, seed: server.engine.seed)) }

        /// Fails if the calls do not fit the scenario.
        ///
        /// - Throws: ``VerificationError`` with the failures and the exchanges.
        public func verify() throws(VerificationError) { try report().verify() }
    }
}

/// The default session.
extension MockServer {
    /// Switches to another scenario. Counters, calls, stored objects and the clock of the default session start afresh.
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

    /// The calls of the default session, in order of arrival. Once a client has its answer, its call is here.
    public var calls: [RecordedCall] { defaultSession.calls }
}
