import SparringEngine
import SparringHTTP

extension MockServer {
    /// How much a server accepts and keeps.
    public struct Limits: Sendable, Hashable {
        /// The largest head of a request, in bytes. A larger one gets 431.
        public var headBytes: Int
        /// The largest body of a request, in bytes. A larger one gets 413. Uploads of files have limits of their own.
        public var bodyBytes: Int
        /// From the first byte of a request to the end of its head. A slower one gets 408.
        public var headDeadline: Duration
        /// Between two pieces of a request's body. A slower one gets 408.
        public var bodyDeadline: Duration
        /// HTTP/2: how many streams a connection may have at once (SETTINGS_MAX_CONCURRENT_STREAMS).
        public var concurrentStreams: Int
        /// Sessions at once. If there are more, the sessions that were idle longest are dropped.
        public var sessions: Int
        /// Calls that a session keeps. Reports count the calls that were dropped.
        public var callsPerSession: Int

        /// The defaults.
        public init() { self.init(ConnectionLimits(), SessionRegistry.Limits()) }

        init(_ http: ConnectionLimits, _ sessions: SessionRegistry.Limits) {
            headBytes = http.headBytes
            bodyBytes = http.bodyBytes
            headDeadline = http.headDeadline
            bodyDeadline = http.bodyDeadline
            concurrentStreams = http.concurrentStreams
            self.sessions = sessions.sessions
            callsPerSession = sessions.exchangesPerSession
        }

        func apply(_ http: inout ConnectionLimits, _ registry: inout SessionRegistry.Limits) {
            http.headBytes = headBytes
            http.bodyBytes = bodyBytes
            http.headDeadline = headDeadline
            http.bodyDeadline = bodyDeadline
            http.concurrentStreams = concurrentStreams
            registry.sessions = sessions
            registry.exchangesPerSession = callsPerSession
        }
    }
}
