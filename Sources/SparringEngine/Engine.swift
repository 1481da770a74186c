package import SparringAPI
package import SparringExchange
import SparringJSON
package import SparringScenario
package import SparringTokens
import SparringWire

/// Decides the answer to every request: address → route → check → match → commit → render → script.
///
/// Pure except for the sessions' locks. The wall clock is a parameter and affects only `date` and `created`.
package struct Engine: Responder {
    /// The scenario and settings of every session that was not registered with a scenario of its own.
    package var world: ScenarioContext { sessions.world }
    package let seed: UInt64
    package let sessions: SessionRegistry
    package let batches: BatchWorker
    /// Counts the answers that are running.
    package let traffic = TrafficGauges()
    private let wallClock: @Sendable () -> Int
    /// The wall clock, in Unix seconds.
    var unixTime: Int { wallClock() }
    private let sinks: [any ExchangeSink]
    private let givenDocument: OpenAPIDocument?
    private let servesRetired: Bool
    private let source: (any AnswerSource)?

    /// - Parameters:
    ///   - seed: overrides the scenario's seed.
    ///   - wallClock: Unix seconds.
    ///   - validation: overrides the scenarios' own.
    ///   - models: overrides the scenarios' setting for models that the API would reject.
    ///   - counters: count tokens.
    ///   - models: overrides the scenarios' policy for models that the API would reject.
    ///   - store: stores files, uploads and batches.
    ///   - turns: takes sessions from a store that servers share; nil if only this server has the sessions.
    ///   - sinks: receive every finished exchange; a `LineSink` also receives the lines of batches.
    ///   - document: answers operations that have no emulation; nil for the document that the program carries.
    ///   - servesRetired: answers the operations that the API has shut down.
    ///   - source: answers requests in place of all emulations.
    package init(
        scenario: Scenario, seed: UInt64? = nil, validation: Validation? = nil, models: ModelPolicy? = nil,
        counters: TokenCounters = .estimates,
        timeScale: Double = 1, limits: SessionRegistry.Limits = SessionRegistry.Limits(),
        store: any ObjectStore = MemoryStore(), turns: SessionTurns? = nil,
        sinks: [any ExchangeSink] = [],
        document: OpenAPIDocument? = nil, servesRetired: Bool = false, source: (any AnswerSource)? = nil,
        wallClock: @escaping @Sendable () -> Int
    ) {
        let world = ScenarioContext(
            scenario, validation: validation, models: models, counters: counters, timeScale: timeScale)
        self.seed = seed ?? scenario.seed ?? 1
        self.sinks = sinks
        givenDocument = document
        self.servesRetired = servesRetired
        self.source = source
        self.wallClock = wallClock
        sessions = SessionRegistry(world: world, seed: self.seed, limits: limits, store: store, turns: turns)
        batches = BatchWorker(
            sessions: sessions, sinks: sinks.compactMap { $0 as? any LineSink }, wallClock: wallClock)
    }

    /// The document for operations that are not emulated. The document that the program carries is read at its first
    /// use.
    var document: OpenAPIDocument { givenDocument ?? .builtIn }

    package var scenario: Scenario { world.scenario }

    package func respond(to received: ReceivedRequest, connection: Int, now: Moment) -> PlannedExchange {
        let performance =
            sessions.turns == nil
            ? decide(received, connection: connection, now: now)
            : shared(received, connection: connection, now: now)
        traffic.began(performance.exchange.decision)
        return performance
    }

    @inline(__always)
    func decide(_ received: ReceivedRequest, connection: Int, now: Moment) -> PlannedExchange {
        switch received {
        case .complete(let request): respond(to: request, connection: connection, now: now)
        case .head(let head): respond(early: head, connection: connection, now: now)
        case .invalid(let problem, let head): respond(to: problem, head: head, connection: connection, now: now)
        }
    }

    package func respond(to request: Request, connection: Int, now: Moment) -> PlannedExchange {
        var desk = desk(for: request, connection, now)
        var performance = desk.perform()
        if source != nil, let socket = performance.socket {
            performance.socket = SourcedSocket(socket, handshake: request) { answer(to: $0, $1, $2, $3) }
        }
        if desk.opensSocket, performance.exchange.decision.status == 101 {
            if let opening = desk.opening {
                performance.socket = RealtimeSocket(
                    engine: self, handshake: request, opening, compression: desk.compression)
            } else if !desk.isRealtime {
                performance.socket = ResponsesSocket(engine: self, handshake: request, compression: desk.compression)
            }
        }
        return performance
    }

    /// Answers a message on a WebSocket of the source.
    private func answer(
        to message: SourcedMessage, _ head: Request, _ connection: Int, _ now: Moment
    ) -> PlannedExchange {
        var request = head
        request.body = message.turn.message
        var desk = desk(for: request, connection, now)
        desk.message = message
        request.event = message.type
        desk.original = request
        let performance = desk.perform()
        traffic.began(performance.exchange.decision)
        return performance
    }

    func desk(for request: Request, _ connection: Int, _ now: Moment) -> RequestPipeline {
        RequestPipeline(
            sessions: sessions, batches: batches, request: request, connection: connection, now: now,
            givenDocument: givenDocument, servesRetired: servesRetired, source: source, unixTime: wallClock())
    }

    func intake(for head: Request) -> (any BodyIntake)? {
        guard source == nil, case .endpoint(let endpoint, _) = Router.route(method: head.method, path: path(of: head)),
            let limit = endpoint.longestForm, let contentType = head.headers["content-type"]
        else { return nil }
        return try? FormIntake(
            contentType: contentType, limit: limit, hearsSound: endpoint.hearsSound, store: sessions.store)
    }

    /// False if the session has rules that may depend on the body, because they need the whole body first.
    func passesOn(_ head: Request) -> Bool {
        guard let source, source.passesOn else { return false }
        let session = sessions.existing(RequestAddress(head).sessionName(model: nil))
        return !(session?.world ?? world).isScripted
    }

    /// The path as the API reference writes it, without the prefix of a session or dialect.
    private func path(of request: Request) -> Substring { Dialect.address(of: request).path }

    /// True for operations that may read the disk: all operations except calls of models, responses and conversations.
    /// With a store that servers share, requests for responses may read the disk too.
    package func mayBlock(on request: Request) -> Bool {
        if let source { return source.mayBlock(on: request) }
        if sessions.turns != nil { return true }
        return switch request.call.storage {
        case .never: false
        case .ifShared: sessions.store.isShared
        case .always: true
        }
    }

    func respond(to problem: RequestProblem, head: Request?, connection: Int, now: Moment) -> PlannedExchange {
        let request = head ?? Request(method: "?", target: "?")
        var desk = desk(for: request, connection, now)
        return desk.reject(problem)
    }

    /// Records a connection that ended without a request. The exchange belongs to the default session.
    package func ended(_ report: ConnectionReport) {
        guard sessions.turns == nil else { return endedElsewhere(report) }
        record(report)
    }

    func record(_ report: ConnectionReport) {
        let moment = report.timeline.entries.last?.at ?? Moment(nanoseconds: 0)
        let session = sessions.session(named: RequestAddress.defaultName, now: moment)
        let exchange = report.exchange(number: session.mutate(now: moment) { $0.number() }, session: session.name)
        session.begin(exchange, decidedAt: report.timeline.entries.first?.at ?? moment)
        finish(PlannedExchange(script: WireScript(), exchange: exchange), timeline: exchange.timeline)
    }

    package func ended(_ performance: PlannedExchange, timeline: Timeline) {
        traffic.ended(performance.exchange.decision)
        finish(performance, timeline: timeline)
    }

    private func finish(_ performance: PlannedExchange, timeline: Timeline) {
        sessions.existing(performance.exchange.session)?.end(
            performance.exchange.number, connection: performance.exchange.connection, timeline: timeline)
        guard !sinks.isEmpty else { return }
        var exchange = performance.exchange
        exchange.timeline = timeline
        exchange.replica = sessions.turns?.replica
        for sink in sinks { sink.receive(exchange, played: performance.script) }
    }
}
