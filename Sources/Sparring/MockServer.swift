package import SparringAPI
package import SparringEngine
package import SparringExchange
package import SparringHTTP
package import SparringTokens

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A mock OpenAI server on localhost.
///
///     try await MockServer.with("two-rate-limits") { server in
///         let client = MyClient(baseURL: server.baseURL, apiKey: server.apiKey)
///         …
///         #expect(server.calls.map(\.status) == [429, 429, 200])
///     }
public final class MockServer: Sendable {
    package let engine: Engine
    let http: HTTPServer
    private let clock: MonotonicClock
    private let batches: BatchRunner
    private let responder: AdminResponder

    /// Starts a server on a free port of the loopback interface.
    /// - Throws: `ScenarioError` with every mistake of the scenario; an error that names the port where it is taken.
    public static func start(_ scenario: Scenario = .auto, port: Int = 0, seed: UInt64? = nil) async throws
        -> MockServer
    {
        try await start(
            resolving: scenario, seed: seed, http: HTTPServer.Configuration(port: port),
            limits: SessionRegistry.Limits())
    }

    /// A server for the time of a closure: started before it, stopped after it, whatever happens in it.
    public static func with<Result>(
        _ scenario: Scenario, port: Int = 0, seed: UInt64? = nil, _ body: (MockServer) async throws -> Result
    ) async throws -> Result {
        let server = try await start(scenario, port: port, seed: seed)
        do {
            let result = try await body(server)
            await server.stop()
            return result
        } catch {
            await server.stop()
            throw error
        }
    }

    /// - Parameters:
    ///   - validation: goes before the scenarios' own.
    ///   - counters: count tokens.
    ///   - store: keeps files and what comes of them.
    ///   - sinks: are handed every finished exchange: a store, a log.
    ///   - journal: what the admin API reads exchanges from; nil: the sessions' logs.
    ///   - clock: whose zero a store knows in wall time.
    ///   - prices: what the ledger counts by.
    ///   - document: answers operations that have no emulation.
    ///   - source: answers in place of everything that is emulated.
    ///   - timeScale: how long a second of a session takes in real time.
    ///   - adminToken: what the admin API wants to be shown; where it is nil, only a loopback listener has one.
    package static func start(
        resolving scenario: Scenario, seed: UInt64?, validation: Validation? = nil, http: HTTPServer.Configuration,
        limits: SessionRegistry.Limits, counters: TokenCounters = .estimates,
        store: any ObjectStore = MemoryStore(),
        sinks: [any ExchangeSink] = [], journal: (any Journal)? = nil, clock: MonotonicClock = MonotonicClock(),
        adminToken: String? = nil, timeScale: Double = 1, version: String? = nil, prices: PriceTable = .builtIn,
        document: OpenAPIDocument? = nil, source: (any AnswerSource)? = nil
    ) async throws -> MockServer {
        let wallClock = { @Sendable in Int(time(nil)) }
        var http = http
        let resolved = try scenario.resolved()
        try resolved.listen(with: &http)
        let (followers, ledger) = (Followers(), UsageStatistics(prices: prices))
        let engine = Engine(
            scenario: resolved, seed: seed, validation: validation, counters: counters,
            timeScale: timeScale, limits: limits, store: store, sinks: sinks + [followers, ledger], document: document,
            source: source, wallClock: wallClock)
        let admin = Admin(
            engine: engine, journal: journal ?? SessionJournal(engine.sessions), followers: followers,
            ledger: ledger,
            configuration: Admin.Configuration(
                host: http.host, token: adminToken, version: version, isTLS: http.tls != nil))
        let responder = AdminResponder(engine: engine, admin: admin, wallClock: wallClock)
        let server = try await HTTPServer.start(http, responder: responder, clock: clock)
        let batches = try BatchRunner(engine.batches, clock: clock)
        return MockServer(engine: engine, http: server, clock: clock, batches: batches, responder: responder)
    }

    private init(
        engine: Engine, http: HTTPServer, clock: MonotonicClock, batches: BatchRunner, responder: AdminResponder
    ) {
        self.responder = responder
        self.batches = batches
        self.engine = engine
        self.http = http
        self.clock = clock
    }

    /// Another listener for the same sessions. It is its caller's to stop.
    package func listen(with http: HTTPServer.Configuration) async throws -> HTTPServer {
        try await HTTPServer.start(http, responder: responder, clock: clock)
    }

    /// The moment that a timeline would be stamped with.
    package var now: Moment { clock.now }

    /// Stops accepting, lets running answers finish within `grace` (hanging ones are cut at once), closes every connection.
    public func stop(grace: Duration = .seconds(1)) async {
        await http.stop(grace: grace)
        await batches.stop()
    }

    public var host: String { "127.0.0.1" }
    public var port: Int { http.port }
    /// The path of the default session.
    public var path: String { "/v1" }
    /// Any key is accepted where the scenario has no accounts; this one is as good as any.
    public var apiKey: String { "sk-sparring-\(RequestAddress.defaultName)" }
    /// What a client is pointed at.
    public var baseURL: String { "\(scheme)://\(host):\(port)\(path)" }

    /// The base URL of a session of its own: own counters, own seed, own timeline.
    public func baseURL(session: String) -> String { "\(scheme)://\(host):\(port)/s/\(session)/v1" }

    /// The calls of a session, in the order in which they came: whoever has an answer finds its call here.
    public func calls(session: String = "default") -> [RecordedCall] {
        (engine.sessions.existing(session)?.exchanges ?? []).filter { !$0.decision.isAuxiliary }.map(RecordedCall.init)
    }

    /// The calls of the default session, in the order in which they came.
    public var calls: [RecordedCall] { calls() }

    /// Scripted steps of a session that have not answered yet, in words.
    public func leftOver(session: String = "default") -> [String] {
        engine.sessions.existing(session)?.leftOver ?? []
    }
}
