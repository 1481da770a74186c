import SparringEngine
import SparringExchange
import SparringScenario
import SparringWire

/// An admin request that was parsed and checked. From now on, the call can fail only because of the server's state.
enum AdminCall: Sendable {
    case health
    /// - Parameter bodies: true to include the headers and body of each request.
    case journal(JournalQuery, JournalFormat, bodies: Bool)
    /// - Parameter limit: the list ends after that many exchanges. If nil, the list ends when the server or the reader ends.
    case follow(JournalQuery, limit: Int?)
    /// The state of the server and its newest exchanges.
    /// - Parameter since: returns exchanges with an event at this moment or later; nil for all exchanges.
    case live(since: Moment?, limit: Int)
    /// - Parameter most: the maximum number of bytes of the request's body; nil for all bytes.
    case exchange(Int, session: String, most: Int?)
    case verification(session: String)
    case usage(UsageQuery, UsagePage.Format)
    /// - Parameter ofAll: the calls of all servers that share sessions, without the gauges of this server.
    case metrics(ofAll: Bool)
    /// - Parameter session: the session; nil for all sessions.
    case reset(session: String?)
    case scenario(SparringScenario.Scenario, session: String)
    case scenarioText(session: String)
    /// Checks a scenario without changing anything.
    case check(SparringScenario.Scenario)
    /// - Parameter source: the faults as they were ordered.
    case faults([Fault], calls: Int, session: String, source: String)
    case clock(advance: Duration?, scale: Double?, session: String)
    /// - Parameter session: the session; nil for all sessions.
    case dials(DialOrder, session: String)
    case breakpoints(session: String?)
    case hold(Breakpoint)
    /// - Parameter number: the number of the exchange. If nil, all held answers of the session are released, and the session's breakpoints
    ///   are removed.
    case release(number: Int?, HoldEnd, session: String)
}

extension AdminCall {
    /// Whether the call reads or changes the state of one session that servers share.
    var isOfSession: Bool {
        switch self {
        case .verification, .scenario, .scenarioText, .faults, .clock, .dials, .reset(session: .some): true
        case .health, .journal, .follow, .live, .exchange, .usage, .metrics, .reset, .check, .breakpoints, .hold,
            .release:
            false
        }
    }
}

/// The format of a list of exchanges.
enum JournalFormat: String, Sendable, Hashable {
    /// One document.
    case array = "application/json"
    /// One exchange per line.
    case lines = "application/x-ndjson"

    /// Reads the `Accept` field of a request; an array by default.
    init(accept: String?) {
        let wishes = (accept ?? "").lowercased().split(separator: ",").map { item -> (type: String, weight: Double) in
            let parts = item.split(separator: ";").map { $0.filter { $0 != " " } }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            return (parts.first ?? "", weight)
        }
        func weight(_ types: [String]) -> Double { wishes.filter { types.contains($0.type) }.map(\.weight).max() ?? 0 }
        let lines = weight([Self.lines.rawValue, "application/ndjson", "application/jsonl"])
        self = lines > weight([Self.array.rawValue]) ? .lines : .array
    }
}
