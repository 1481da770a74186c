package import SparringAPI
package import SparringExchange
import SparringJSON
package import SparringScenario
package import SparringTokens
import SparringWire

/// Decides what every request gets: address → route → check → match → commit → render → script.
///
/// Pure but for the sessions' locks. The wall clock is a parameter: it ends up in `date` and `created` only.
package struct Engine: Responder {
    /// What sessions play by unless they were registered with a scenario of their own.
    package let world: ScenarioContext
    package let seed: UInt64
    package let sessions: SessionRegistry
    package let batches: BatchWorker
    private let wallClock: @Sendable () -> Int
    private let sinks: [any ExchangeSink]
    private let document: OpenAPIDocument?
    private let source: (any AnswerSource)?

    /// - Parameters:
    ///   - seed: overrides the scenario's own.
    ///   - wallClock: Unix seconds.
    ///   - validation: overrides the scenarios' own.
    ///   - models: overrides what the scenarios say of models that the API would not answer for.
    ///   - counters: count tokens.
    ///   - timeScale: how long a second of a session takes in real time.
    ///   - store: keeps files and what comes of them.
    ///   - sinks: are handed every finished exchange; one that is a `LineSink`, the lines of batches as well.
    ///   - document: answers operations that have no emulation.
    ///   - source: answers in place of everything that is emulated.
    package init(
        scenario: Scenario, seed: UInt64? = nil, validation: Validation? = nil, models: ModelPolicy? = nil,
        counters: TokenCounters = .estimates,
        timeScale: Double = 1, limits: SessionRegistry.Limits = SessionRegistry.Limits(),
        store: any ObjectStore = MemoryStore(),
        sinks: [any ExchangeSink] = [],
        document: OpenAPIDocument? = nil, source: (any AnswerSource)? = nil, wallClock: @escaping @Sendable () -> Int
    ) {
        world = ScenarioContext(
            scenario, validation: validation, models: models, counters: counters, timeScale: timeScale)
        self.seed = seed ?? scenario.seed ?? 1
        self.sinks = sinks
        self.document = document
        self.source = source
        self.wallClock = wallClock
        sessions = SessionRegistry(world: world, seed: self.seed, limits: limits, store: store)
        batches = BatchWorker(
            sessions: sessions, sinks: sinks.compactMap { $0 as? any LineSink }, wallClock: wallClock)
    }

    package var scenario: Scenario { world.scenario }

    package func respond(to received: ReceivedRequest, connection: Int, now: Moment) -> PlannedExchange {
        switch received {
        case .complete(let request): respond(to: request, connection: connection, now: now)
        case .head(let head): respond(early: head, connection: connection, now: now)
        case .invalid(let problem, let head): respond(to: problem, head: head, connection: connection, now: now)
        }
    }

    package func respond(to request: Request, connection: Int, now: Moment) -> PlannedExchange {
        var desk = desk(for: request, connection, now)
        return desk.perform()
    }

    func desk(for request: Request, _ connection: Int, _ now: Moment) -> RequestPipeline {
        RequestPipeline(
            sessions: sessions, batches: batches, request: request, connection: connection, now: now,
            document: document, source: source, unixTime: wallClock())
    }

    func intake(for head: Request) -> (any BodyIntake)? {
        guard source == nil, case .endpoint(let endpoint, _) = Router.route(method: head.method, path: path(of: head)),
            let limit = endpoint.longestForm, let contentType = head.headers["content-type"]
        else { return nil }
        return try? FormIntake(
            contentType: contentType, limit: limit, hearsSound: endpoint.hearsSound, store: sessions.store)
    }

    /// A rule that may ask for anything in a body has to have all of it.
    func passesOn(_ head: Request) -> Bool {
        guard let source, source.passesOn else { return false }
        let session = sessions.existing(RequestAddress(head).sessionName(model: nil))
        return !(session?.world ?? world).isScripted
    }

    /// As the API reference writes it, whoever's session and dialect it is.
    private func path(of request: Request) -> Substring { Dialect.address(of: request).path }

    /// Whatever is in the store, and minutes of sound. Told by one letter of the path, so that calls pay nothing for it.
    package func mayBlock(on request: Request) -> Bool {
        if let source { return source.mayBlock(on: request) }
        let path = request.target.begins(with: "/v1/") ? request.path : path(of: request)
        guard let letter = path.utf8.dropFirst(4).first else { return false }
        return letter == UInt8(ascii: "f") || letter == UInt8(ascii: "u") || letter == UInt8(ascii: "b")
            || letter == UInt8(ascii: "a")
    }

    func respond(to problem: RequestProblem, head: Request?, connection: Int, now: Moment) -> PlannedExchange {
        let request = head ?? Request(method: "?", target: "?")
        var desk = desk(for: request, connection, now)
        return desk.reject(problem)
    }

    /// No request, no session: the default one keeps it.
    package func ended(_ report: ConnectionReport) {
        let moment = report.timeline.entries.last?.at ?? Moment(nanoseconds: 0)
        let session = sessions.session(named: RequestAddress.defaultName, now: moment)
        let exchange = report.exchange(number: session.mutate(now: moment) { $0.number() }, session: session.name)
        session.begin(exchange, decidedAt: report.timeline.entries.first?.at ?? moment)
        ended(PlannedExchange(script: WireScript(), exchange: exchange), timeline: exchange.timeline)
    }

    package func ended(_ performance: PlannedExchange, timeline: Timeline) {
        sessions.existing(performance.exchange.session)?.end(
            performance.exchange.number, connection: performance.exchange.connection, timeline: timeline)
        guard !sinks.isEmpty else { return }
        var exchange = performance.exchange
        exchange.timeline = timeline
        for sink in sinks { sink.receive(exchange, played: performance.script) }
    }
}
