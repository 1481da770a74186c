import SparringEngine
import SparringHTTP

extension MockServer {
    /// The limits of the data that a server accepts and stores.
    public struct Limits: Sendable, Hashable {
        /// The largest head of a request, in bytes. A larger head is answered with 431.
        public var headBytes: Int
        /// The largest body of a request, in bytes. A larger body is answered with 413. Uploads of files have their own
        /// limits.
        public var bodyBytes: Int
        /// The longest time from the first byte of a request to the end of its head. A slower request is answered with
        /// 408.
        public var headDeadline: Duration
        /// The longest time between two pieces of a request's body. A slower request is answered with 408.
        public var bodyDeadline: Duration
        /// HTTP/2: the most concurrent streams of a connection (SETTINGS_MAX_CONCURRENT_STREAMS).
        public var concurrentStreams: Int
        /// The maximum number of sessions. If there are more, the sessions that have been idle longest are dropped.
        public var sessions: Int
        /// The maximum number of calls that a session stores. Reports count the calls that were dropped.
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
