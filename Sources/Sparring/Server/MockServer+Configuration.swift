package import SparringAPI
package import SparringEngine
package import SparringExchange
package import SparringHTTP
package import SparringTokens
import SparringWire

extension MockServer {
    /// The settings of a server: how it listens, and how it treats all its sessions.
    ///
    ///     var configuration = MockServer.Configuration(port: 8080, seed: 7)
    ///     configuration.validation = .lenient
    ///     configuration.timeScale = 0.01
    ///     let server = try await MockServer.start("two-rate-limits", configuration: configuration)
    public struct Configuration: Sendable {
        /// The address to listen on. The default, 127.0.0.1, and `localhost` mean both loopback addresses; 0.0.0.0
        /// means all addresses of the machine.
        public var host: String {
            get { http.host }
            set { http.host = newValue }
        }

        /// The port to listen on. The default, 0, chooses a free port.
        public var port: Int {
            get { http.port }
            set { http.port = newValue }
        }

        /// Determines all random values. By default, nil: the server uses the seed of the scenario, or 1.
        public var seed: UInt64?

        /// How strictly requests are checked. By default, nil: the server uses the scenario's setting, or ``Validation/strict``.
        public var validation: Validation? {
            get { checks.flatMap { Validation(rawValue: $0.rawValue) } }
            set { checks = newValue.flatMap { SparringAPI.Validation(rawValue: $0.rawValue) } }
        }

        /// The real time in seconds for one second of a session, 0.0001 to 1000. With 0.01, an hour of waiting takes 36
        /// s.
        public var timeScale = 1.0

        /// The token that requests to the admin API (`/_sparring/…`) must send as `Authorization: Bearer …`. By
        /// default, nil: the admin API needs no token, and answers only if the server listens on a loopback address.
        public var adminToken: String?

        /// Whether the server offers HTTP/2 in addition to HTTP/1.1. With TLS, the client negotiates it (ALPN); without
        /// TLS, the client simply starts with it (prior knowledge).
        public var isHTTP2Enabled: Bool {
            get { http.speaksHTTP2 }
            set { http.speaksHTTP2 = newValue }
        }

        /// The certificates of a server with TLS. By default, nil: the server does not use TLS.
        public var tls: TLS? {
            get { http.tls.map { TLS($0) } }
            set { http.tls = newValue?.identities }
        }

        /// Faults of connections, in the order in which the server accepts them. None by default.
        public var connectionFaults = ConnectionFaults()

        /// The limits of the data that the server accepts and stores.
        public var limits: Limits {
            get { Limits(http.limits, sessionLimits) }
            set { newValue.apply(&http.limits, &sessionLimits) }
        }

        /// Makes a configuration. All other values have their defaults.
        public init(host: String = "127.0.0.1", port: Int = 0, seed: UInt64? = nil) {
            self.init(http: HTTPServer.Configuration(host: host, port: port), seed: seed)
        }

        /// - Parameter http: the configuration as the command line builds it, including certificates and connection
        ///   faults.
        package init(http: HTTPServer.Configuration, seed: UInt64? = nil) {
            self.http = http
            self.seed = seed
        }

        // MARK: Only for the command line

        package var http: HTTPServer.Configuration
        /// Overrides the validation of the scenarios.
        package var checks: SparringAPI.Validation?
        /// Overrides the scenarios' policy for models that the API would reject.
        package var models: ModelPolicy?
        package var sessionLimits = SessionRegistry.Limits()
        package var counters = TokenCounters.estimates
        /// Stores files and the objects made from them. If nil, each server has a store in memory.
        package var store: (any ObjectStore)?
        /// Sessions that servers share. If nil, each server has its own sessions.
        package var sharedSessions: (any SessionStore)?
        /// How much of each exchange the store keeps for all servers that share sessions.
        package var sharedJournal = StoredExchange.Extent.whole
        /// The exchanges that have ended at the other servers, for clients that follow the journal.
        package var sharedNews: (any SharedNews)?
        /// The usage of the servers that share sessions. If nil, each server has its own usage.
        package var sharedUsage: (any UsageStore)?
        /// The name of the server among those that share sessions.
        package var replica = ""
        /// The servers that share sessions, in their state of a few seconds ago. Empty for a server that shares no sessions.
        package var replicas: @Sendable () -> [SharedReplica] = { [] }
        /// Writes a line to the server's log about work that the shared store did not accept.
        package var report: @Sendable (String) -> Void = { _ in }
        /// Sinks that receive every finished exchange.
        package var sinks: [any ExchangeSink] = []
        /// Exports the metrics. The server starts the exporter, and the caller closes it after the server has stopped. If nil, metrics are
        /// not exported.
        package var metrics: MetricExporter?
        /// The source of exchanges for the admin API. If nil, the source is the sessions' logs.
        package var journal: (any Journal)?
        /// The server's clock, whose times a journal file converts to real time. If nil, each server has its own clock.
        package var clock: MonotonicClock?
        package var version: String?
        package var prices = PriceTable.builtIn
        /// The document that answers operations without an emulation. If nil, the server uses the document that the program carries.
        package var document: OpenAPIDocument?
        /// Whether operations that the API has shut down are answered.
        package var servesRetired = false
        /// A source that answers instead of the emulation.
        package var source: (any AnswerSource)?
        /// Masks more of an exchange than `Redaction` does, before the admin API shows it.
        package var conceal: (@Sendable (Exchange) -> Exchange)?
    }

    /// How strictly requests are checked.
    public enum Validation: String, Sendable, Hashable, CaseIterable {
        /// Invalid requests get the API's error.
        case strict
        /// Invalid parameters are ignored, and every model name is accepted.
        case lenient
        /// Like ``lenient``. As in lenient validation, and in addition missing parameters and objects are invented.
        case examples
    }

    /// Faults of connections, in the order in which the server accepts them.
    public struct ConnectionFaults: Sendable {
        /// The faults of each connection, such as ``MockScenario/Fault/acceptClose(_:)``. An empty array means no
        /// faults.
        public var sequence: [[MockScenario.Fault]]
        /// The faults after the last entry.
        public var then: Then

        /// The faults after the last entry of a sequence.
        public enum Then: String, Sendable, Hashable, CaseIterable {
            /// After the last entry, all further connections have the faults of the last entry.
            case last
            /// The sequence is repeated from the first entry.
            case cycle
            /// After the last entry, all further connections have no faults.
            case ok
        }

        /// Makes a sequence of faults, with the faults after its last entry.
        public init(_ sequence: [[MockScenario.Fault]] = [], then: Then = .last) {
            self.sequence = sequence
            self.then = then
        }
    }
}

extension MockServer.Configuration {
    func check() throws(MockServer.InvalidValue) {
        try MockServer.InvalidValue.check(scale: timeScale)
        guard (0...65_535).contains(port) else {
            throw MockServer.InvalidValue("a port must be from 0 to 65535, not \(port)")
        }
        guard let adminToken else { return }
        guard !adminToken.isEmpty, adminToken.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw MockServer.InvalidValue("an admin token is visible ASCII without spaces, and not empty")
        }
    }

    /// Adds the connection faults of a scenario, if the configuration has none.
    func apply(connectionFaultsTo http: inout HTTPServer.Configuration) throws {
        guard !connectionFaults.sequence.isEmpty else { return }
        var sequence: [[Fault]] = []
        for faults in connectionFaults.sequence { sequence.append(try MockScenario.Fault.ofConnections(faults)) }
        for fault in sequence.flatMap(\.self) {
            if let obstacle = fault.obstacle(http2: http.speaksHTTP2) { throw MockServer.InvalidValue(obstacle) }
            if fault.needsTLS, http.tls == nil {
                throw MockServer.InvalidValue("the fault '\(fault)' needs TLS: set `tls` of the configuration")
            }
            if case .certificate(let flaw)? = fault.strike, http.tls?.flawed[flaw] == nil {
                throw MockServer.InvalidValue("the fault '\(fault)' needs a certificate: set `flawed` of `tls`")
            }
        }
        http.plan = ListenerPlan(
            sequence: sequence, then: ListenerPlan.Then(rawValue: connectionFaults.then.rawValue) ?? .last)
    }
}

extension MockServer.InvalidValue {
    static func check(scale: Double) throws(MockServer.InvalidValue) {
        let scales = SessionClock.scales
        guard scales.contains(scale) else {
            throw MockServer.InvalidValue(
                "a time scale must be from \(scales.lowerBound) to \(Int(scales.upperBound)), not \(scale)")
        }
    }
}
