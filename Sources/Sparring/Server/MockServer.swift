package import SparringEngine
package import SparringExchange
package import SparringHTTP
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A mock OpenAI server in the process of the test, on a free port of the loopback interface.
///
///     try await MockServer.with("two-rate-limits") { server in
///         let client = MyClient(baseURL: server.baseURL, apiKey: server.apiKey)
///         …
///         #expect(server.calls.map(\.status) == [429, 429, 200])
///         try server.verify()
///     }
///
/// The methods of a server (``use(_:)``, ``faults(_:next:)``, ``clock(advance:scale:)``, ``calls``) apply to its
/// default session. ``session()`` makes further sessions, which are isolated from the default session.
public final class MockServer: Sendable {
    package let engine: Engine
    let http: HTTPServer
    let boundHost: String
    let speaksHTTP2: Bool
    private let clock: MonotonicClock
    private let batches: BatchRunner
    let responder: AdminResponder
    /// The number of sessions created by ``session()``.
    private let made = Mutex(0)

    /// Starts a server. The server runs until ``stop(grace:)``.
    ///
    /// - Parameters:
    ///   - scenario: by default, answers are generated from the requests.
    ///   - configuration: by default a free port of the loopback interface, without TLS.
    /// - Throws: ``MockScenarioError`` with all mistakes of the scenario; ``InvalidValue`` for an invalid
    ///   configuration; an error with a description if the server cannot listen, for example because another program
    ///   uses the port.
    public static func start(
        _ scenario: MockScenario = .auto, configuration: Configuration = Configuration()
    ) async throws -> MockServer {
        try configuration.check()
        let resolved = try scenario.resolved()
        var http = configuration.http
        try configuration.apply(connectionFaultsTo: &http)
        try resolved.listen(with: &http)
        let wallClock = { @Sendable in Int(time(nil)) }
        let clock = configuration.clock ?? MonotonicClock()
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let epoch = Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec) - clock.now.nanoseconds
        let (followers, ledger, answers) = (
            Followers(conceal: configuration.conceal, news: configuration.sharedNews),
            UsageStatistics(prices: configuration.prices, epoch: epoch), AnswerShelf()
        )
        let turns = configuration.sharedSessions.map {
            SessionTurns(
                $0, replica: configuration.replica, journal: configuration.sharedJournal, report: configuration.report
            ) { clock.now }
        }
        turns?.whenRestarted { ledger.forget($0) }
        let meter = configuration.metrics.map { _ in CallMeter(ServerSpan(epoch: epoch, isTLS: http.tls != nil)) }
        let engine = Engine(
            scenario: resolved, seed: configuration.seed, validation: configuration.checks,
            models: configuration.models, counters: configuration.counters, timeScale: configuration.timeScale,
            limits: configuration.sessionLimits,
            store: configuration.store ?? MemoryStore(), turns: turns,
            sinks: configuration.sinks + [followers, ledger, answers] + [meter].compactMap(\.self),
            document: configuration.document, servesRetired: configuration.servesRetired, source: configuration.source,
            wallClock: wallClock)
        let usage = configuration.sharedUsage.map {
            UsageWriter(SharedUsage($0, ledger, engine.sessions), report: configuration.report)
        }
        let admin = Admin(
            engine: engine, journal: configuration.journal ?? SessionJournal(engine.sessions), followers: followers,
            ledger: ledger, usage: usage, answers: answers,
            configuration: Admin.Configuration(
                host: http.host, token: configuration.adminToken, version: configuration.version,
                isTLS: http.tls != nil, conceal: configuration.conceal,
                spans: configuration.sinks.lazy.compactMap { ($0 as? SpanExporter)?.queue }.first,
                metrics: configuration.metrics, replicas: configuration.replicas))
        let responder = AdminResponder(engine: engine, admin: admin, wallClock: wallClock)
        let server = try await HTTPServer.start(http, responder: responder, clock: clock)
        let batches = try BatchRunner(engine.batches, clock: clock)
        usage?.start()
        configuration.metrics?.start { admin.metrics(clock.now).all + (meter?.families ?? []) }
        return MockServer(
            engine: engine, http: server, configuration: http, clock: clock, batches: batches,
            responder: responder)
    }

    /// Starts a server for a closure, and stops it afterwards, even if the closure throws.
    ///
    /// - Parameters:
    ///   - scenario: the answers of the server.
    ///   - configuration: by default a free port of the loopback interface, without TLS.
    ///   - body: the work that needs the server.
    /// - Throws: the errors of ``start(_:configuration:)`` and of the closure.
    @discardableResult
    public static func with<Result>(
        _ scenario: MockScenario = .auto, configuration: Configuration = Configuration(),
        _ body: (MockServer) async throws -> Result
    ) async throws -> Result {
        let server = try await start(scenario, configuration: configuration)
        do {
            let result = try await body(server)
            await server.stop()
            return result
        } catch {
            await server.stop()
            throw error
        }
    }

    private init(
        engine: Engine, http: HTTPServer, configuration: HTTPServer.Configuration, clock: MonotonicClock,
        batches: BatchRunner, responder: AdminResponder
    ) {
        self.responder = responder
        self.batches = batches
        self.engine = engine
        self.http = http
        self.clock = clock
        boundHost = configuration.host
        speaksHTTP2 = configuration.speaksHTTP2
    }

    /// Opens another listener for the same sessions. The caller must stop it.
    package func listen(with http: HTTPServer.Configuration) async throws -> HTTPServer {
        try await HTTPServer.start(http, responder: responder, clock: clock)
    }

    /// The time now, on the clock of the timelines.
    package var now: Moment { clock.now }

    /// Stops accepting connections, lets running answers finish, and closes every connection. Calls and reports can
    /// still be read afterwards.
    ///
    /// - Parameter grace: the time that running answers have. Answers that hang end at once.
    public func stop(grace: Duration = .seconds(1)) async {
        await http.stop(grace: grace)
        await batches.stop()
        await responder.admin.usage?.stop()
    }

    /// Makes a new session, with its own counters, random numbers, clock and script.
    public func session() -> Session {
        let number = made.withLock { made in
            repeat { made += 1 } while engine.sessions.existing("s\(made)") != nil
            return made
        }
        return Session(name: "s\(number)", server: self)
    }

    /// Returns the session of this name, and makes the session on first use.
    ///
    /// - Parameter name: ASCII letters, digits, `.`, `_` and `-`.
    /// - Throws: ``InvalidValue`` for any other name, because such a name could not be part of a base URL.
    public func session(_ name: String) throws(InvalidValue) -> Session {
        let isValid = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
            default: false
            }
        }
        guard isValid, !name.isEmpty else {
            throw InvalidValue("'\(name)' is not a session's name: use letters of ASCII, digits, '.', '_' and '-'")
        }
        return Session(name: name, server: self)
    }

    /// The session of all requests that name no session.
    public var defaultSession: Session { Session(name: RequestAddress.defaultName, server: self) }
}

extension MockServer {
    /// An invalid value, and the values that are valid.
    public struct InvalidValue: Error, Sendable, Hashable, CustomStringConvertible {
        /// The problem, and the values that are valid.
        public let description: String

        init(_ description: String) { self.description = description }
    }
}
