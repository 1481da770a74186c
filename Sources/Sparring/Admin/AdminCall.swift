import SparringEngine
import SparringExchange
import SparringScenario
import SparringWire

/// What an admin request asks for, read and checked: nothing in it can go wrong any more but the world.
enum AdminCall: Sendable {
    case health
    /// - Parameter bodies: with what was asked: headers and body of each request.
    case journal(JournalQuery, JournalFormat, bodies: Bool)
    /// - Parameter limit: ends after that many exchanges; nil: with the server or the reader.
    case follow(JournalQuery, limit: Int?)
    case verification(session: String)
    /// - Parameter only: what is counted.
    case usage([UsageReport.Dimension], only: [(dimension: UsageReport.Dimension, value: String)], UsagePage.Format)
    case metrics
    /// - Parameter session: nil: all of them.
    case reset(session: String?)
    case scenario(SparringScenario.Scenario, session: String)
    case faults([Fault], calls: Int, session: String)
    case clock(advance: Duration?, scale: Double?, session: String)
}

/// How a list of exchanges is written.
enum JournalFormat: String, Sendable, Hashable {
    /// One document.
    case array = "application/json"
    /// One exchange a line.
    case lines = "application/x-ndjson"

    /// By the `Accept` field of a request; an array where it does not say otherwise.
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
