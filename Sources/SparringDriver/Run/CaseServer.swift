package import Sparring
package import SparringAPI
package import SparringConformance
import SparringEngine
package import SparringExchange
package import SparringHTTP
import SparringScenario
package import SparringTokens
package import SparringWire
import Synchronization

/// The server for cases. Each case has its own session. A request that belongs to no case is a stray: it gets an error,
/// and is recorded.
package final class CaseServer: Sendable {
    package let server: MockServer
    /// How requests are assigned to cases.
    package let isolation: Isolation
    private let strays: StrayWatch
    /// Nil if the bytes of answers are not stored.
    private let bytes: AnswerBytes?
    /// The certificates of TLS listeners; nil if no case has one.
    private let identities: TLSIdentities?

    package static func start(
        http: HTTPServer.Configuration, seed: UInt64, validation: Validation? = nil, models: ModelPolicy? = nil,
        counters: TokenCounters = .estimates, isolation: Isolation = .sessions,
        sinks: [any ExchangeSink] = [], clock: MonotonicClock = MonotonicClock(), identities: TLSIdentities? = nil,
        keepsBytes: Bool = false, metrics: MetricExporter? = nil
    ) async throws -> CaseServer {
        let strays = StrayWatch()
        let bytes = keepsBytes ? AnswerBytes() : nil
        var nothing = Scenario(name: "outside every case", otherwise: .fail)
        nothing.isGraded = true
        var configuration = MockServer.Configuration(http: http, seed: seed)
        configuration.checks = validation
        configuration.models = models
        configuration.counters = counters
        configuration.sinks = [strays] + [bytes].compactMap(\.self) + sinks
        configuration.clock = clock
        configuration.metrics = metrics
        let server = try await MockServer.start(MockScenario(value: nothing), configuration: configuration)
        return CaseServer(server: server, isolation: isolation, strays: strays, bytes: bytes, identities: identities)
    }

    private init(
        server: MockServer, isolation: Isolation, strays: StrayWatch, bytes: AnswerBytes?, identities: TLSIdentities?
    ) {
        self.bytes = bytes
        self.server = server
        self.isolation = isolation
        self.strays = strays
        self.identities = identities
    }

    package var now: Moment { server.now }
    /// The address to which an app or a gateway with a fixed base URL has to send its requests.
    package var baseURL: String { server.baseURL }
    package var seed: UInt64 { server.engine.seed }

    package func stop() async { await server.stop() }

    /// Creates the session of a case. The case's token, which names the session, is derived from the server's seed, the case and the round.
    package func open(_ subject: Case, round: Int) -> CaseSession {
        if case .serial(let front) = isolation {
            let name = RequestAddress.defaultName
            strays.expect(name)
            let script = subject.script(session: name, elsewhere: Self.elsewhere(server.baseURL))
            server.engine.sessions.register(name, scenario: script, now: server.now)
            return CaseSession(subject: subject, round: round, token: name, server: server, front: front, bytes: bytes)
        }
        var mint = IDMint(seed: FNV1a.hash(subject.id, seed: seed &+ UInt64(round)))
        var token = mint.hex("", count: 8)
        while server.engine.sessions.existing(token) != nil { token = mint.hex("", count: 8) }
        strays.expect(token)
        let script = subject.script(session: token, elsewhere: Self.elsewhere(server.baseURL(session: token)))
        server.engine.sessions.register(token, scenario: script, now: server.now)
        return CaseSession(subject: subject, round: round, token: token, server: server, front: nil, bytes: bytes)
    }

    /// Opens the case's own listener, if it has one, so that faults of connections affect only this case.
    package func admit(_ session: CaseSession) async throws(LaunchError) -> CaseSession {
        guard let listener = session.subject.scenario.listener else { return session }
        var session = session
        let http = HTTPServer.Configuration(
            threads: 1, tls: listener.isTLS ? identities : nil, plan: listener.plan)
        do {
            session.door = try await server.listen(with: http)
        } catch {
            throw LaunchError(description: "\(session.subject.id): \(error)")
        }
        return session
    }

    /// The same server under another host name, which a client treats as another origin.
    private static func elsewhere(_ base: String) -> String {
        base.contains("//localhost:")
            ? base.replacing("//localhost:", with: "//127.0.0.1:")
            : base.replacing("//127.0.0.1:", with: "//localhost:")
    }

    /// The strays of a time span, as method and target.
    package func strays(from start: Moment, to end: Moment) -> [String] {
        strays.all.filter { start <= $0.at && $0.at <= end }.map(\.request)
    }
}

/// How the server finds the case of a request.
package enum Isolation: Sendable, Hashable {
    /// Each case has its own session; its base URL and its key contain the session's name.
    case sessions
    /// Cases run one at a time, and every request belongs to the current case. This mode is for clients with a fixed base URL. `front` is
    /// the address of a gateway whose upstream is this server.
    case serial(front: Front?)

    /// The address that the client uses, if it is not the address of Sparring's listener.
    package struct Front: Sendable, Hashable {
        package var baseURL: String
        package var apiKey: String

        package init(baseURL: String, apiKey: String) {
            self.baseURL = baseURL
            self.apiKey = apiKey
        }
    }

    package var isSerial: Bool { self != .sessions }
}

/// Records requests that belong to no expected session.
private final class StrayWatch: ExchangeSink {
    struct Stray: Sendable {
        var at: Moment
        var request: String
    }

    private struct State {
        var tokens: Set<String> = []
        var strays: [Stray] = []
    }

    private let state = Mutex(State())

    var all: [Stray] { state.withLock(\.strays) }

    func expect(_ token: String) { _ = state.withLock { $0.tokens.insert(token) } }

    func receive(_ exchange: Exchange) {
        guard !exchange.decision.isAuxiliary else { return }
        state.withLock { state in
            guard !state.tokens.contains(exchange.session) else { return }
            let request = exchange.words
            state.strays.append(Stray(at: exchange.arrivedAt ?? exchange.startedAt, request: request))
        }
    }
}

/// A case that is being played on a server.
package struct CaseSession: Sendable {
    package var subject: Case
    package var round: Int
    package var token: String
    let server: MockServer
    let front: Isolation.Front?
    let bytes: AnswerBytes?
    /// The case's own listener, while the case is being played.
    var door: HTTPServer?

    package var baseURL: String {
        if let door {
            return "\(door.isTLS ? "https" : "http")://\(server.host):\(door.port)\(server.path(session: token))"
        }
        return front?.baseURL ?? (token == RequestAddress.defaultName ? server.baseURL : server.baseURL(session: token))
    }
    /// Closes the session, and the case's own listener.
    package func close() async { await door?.stopNow() }

    package var apiKey: String { front?.apiKey ?? "sk-sparring-\(token)" }
    package var prompt: String { subject.task.prompt(session: token) }

    var now: Moment { server.now }
    var seed: UInt64 { server.engine.seed }

    private var session: Session? { server.engine.sessions.existing(token) }

    /// The time at which the answer to the case's first request was decided; nil before that.
    package var firstUsed: Moment? { session?.firstUsed }

    package var isIdle: Bool { session?.idleSince != nil }

    /// The ended exchanges, by the time of their start.
    package var exchanges: [Exchange] { session?.endedExchanges.sorted { $0.startedAt < $1.startedAt } ?? [] }

    package var leftOver: [String] { session?.leftOver ?? [] }
}
