import SparringEngine
import SparringExchange
import SparringHTTP

/// How a run went, for whoever holds a scenario against it at the end of a test.
extension MockServer {
    /// What did not come true so far, over all sessions: requests that nothing matched, steps left over, faults that could not do
    /// their work, the scenario's own expectation. Empty where all went as scripted.
    public var complaints: [String] {
        let report = RunReport(engine)
        return report.unmatched.map { "unmatched: \($0)" } + report.leftOver.map { "left over: \($0)" }
            + report.faultsMissed.map { "fault not delivered: \($0)" } + [report.unexpected].compactMap { $0 }
    }

    /// The wire, a line each for what came and what went, in milliseconds since the first request.
    public var trace: [String] {
        let exchanges = RunReport(engine).exchanges
        let origin = exchanges.first?.startedAt ?? Moment(nanoseconds: 0)
        return WireTrace.lines(exchanges.map { $0.json(origin: origin) })
    }

    /// For clients that are configured in parts: with `host`, `port` and `path`.
    public var scheme: String { http.isTLS ? "https" : "http" }

    /// The path of a session.
    public func path(session: String) -> String { "/s/\(session)/v1" }
}
