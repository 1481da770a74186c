import SparringExchange
import SparringScenario
import SparringWire

/// Grades how a client uses its connections, and which hosts it contacts.
extension Grading {
    static func connections(
        _ expected: Expectation.Connections, _ level: Level, _ seen: Observation
    ) -> CheckFinding {
        let words = expected.range.inWords(expected.count.noun)
        // A single request always opens one connection.
        guard seen.attempts.count > 1 else {
            return CheckFinding(.unobserved, expected: words, actual: seen.attempts.count.counted("attempt"))
        }
        let count = seen.number(of: expected.count)
        return CheckFinding(
            expected.range.contains(count), level, expected: words, actual: count.counted(expected.count.noun))
    }

    /// Grades the number of hosts that got a request, by the field `host`. Only hosts that lead to this server are
    /// visible.
    static func hosts(_ range: ClosedRange<Int>, _ level: Level, _ seen: Observation) -> CheckFinding {
        let hosts = Set(seen.exchanges.map { $0.request.headers["host"] ?? "" })
        guard !hosts.isEmpty else {
            return CheckFinding(.unobserved, expected: range.inWords("host"), actual: "no request")
        }
        return CheckFinding(
            range.contains(hosts.count), level, expected: range.inWords("host"),
            actual: hosts.sorted().joined(separator: ", "))
    }
}

extension ConnectionCount {
    fileprivate var noun: String {
        switch self {
        case .opened: "connection"
        case .atOnce: "busy connection"
        case .reused: "request on a used connection"
        case .halfRead: "half-read answer"
        }
    }
}

extension Observation {
    /// The time that a client has to close the connection of an answer that it did not read to the end, counted from
    /// its next request.
    private static let farewell = Duration.seconds(1)

    func number(of count: ConnectionCount) -> Int {
        let attempts = attempts
        switch count {
        case .opened: return Set(attempts.map(\.connection)).count
        case .reused:
            var known: Set<Int> = []
            return attempts.count { !known.insert($0.connection).inserted }
        case .atOnce:
            return attempts.compactMap(\.arrivedAt).map { moment in
                Set(attempts.filter { $0.isOpen(at: moment) }.map(\.connection)).count
            }.max() ?? 0
        case .halfRead:
            return attempts.indices.count { index in
                guard let left = attempts[index].leftAt else { return true }
                let next = attempts[(index + 1)...].first { $0.connection != attempts[index].connection }
                return next?.arrivedAt.map { left - $0 > Self.farewell } ?? false
            }
        }
    }
}

extension Exchange {
    fileprivate func isOpen(at moment: Moment) -> Bool {
        guard let arrivedAt, arrivedAt <= moment else { return false }
        return leftAt.map { moment < $0 } ?? true
    }
}
