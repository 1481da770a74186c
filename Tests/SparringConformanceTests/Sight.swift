import SparringExchange
import SparringScenario
import SparringWire

@testable import SparringConformance

/// Resolves the name conflict with `Testing.Expectation`.
typealias Expectation = SparringScenario.Expectation

/// Makes observations without a server, from the milliseconds at which attempts arrived and were answered.
enum Sight {
    struct Attempt: Sendable {
        var came: Int
        var left: Int?
        var body = "{}"
        var headers: HeaderFields = ["authorization": "Bearer sk"]
        var isAuxiliary = false
        var unmatched: String?
        var peerGone: Int?
        var missedFault: String?
        /// The time at which the last byte of the answer was due.
        var due: Int?
        var endpoint = "chat.completions"
        /// The step that answered the request; nil if no step answered.
        var step: String?
        /// The number of equal requests up to this one, in the engine's count.
        var equal = 1
        /// The length of a body that was not stored.
        var streamedBytes = 0
        /// The number of the request's connection; nil for a separate connection.
        var connection: Int?
    }

    static func of(
        _ attempts: [Attempt], ending: Observation.Ending = .exited(0), output: String = "", strays: [String] = [],
        leftOver: [String] = [], lateness: [Lateness] = []
    ) -> Observation {
        Observation(
            session: "7f3a", exchanges: attempts.enumerated().map { exchange($1, number: $0 + 1) }, strays: strays,
            leftOver: leftOver, ending: ending, standardOutput: output, lateness: lateness)
    }

    /// Two attempts with that many milliseconds between them.
    static func gap(_ milliseconds: Int, lateness: [Lateness] = []) -> Observation {
        of([Attempt(came: 0, left: 10), Attempt(came: 10 + milliseconds, left: 20 + milliseconds)], lateness: lateness)
    }

    static func at(_ milliseconds: Int) -> Moment { Moment(nanoseconds: Int64(milliseconds) * 1_000_000) }

    private static func exchange(_ attempt: Attempt, number: Int) -> Exchange {
        var request = Request(
            method: "POST", target: "/s/7f3a/v1/chat/completions", headers: attempt.headers,
            body: Array(attempt.body.utf8))
        request.streamedBytes = attempt.streamedBytes
        var exchange = Exchange(
            number: number, session: "7f3a", connection: attempt.connection ?? number, request: request,
            decision: Exchange.Decision(
                endpoint: attempt.endpoint, status: 200, step: attempt.step, attempt: attempt.equal,
                unmatched: attempt.unmatched, isAuxiliary: attempt.isAuxiliary,
                faults: attempt.missedFault == nil ? [] : ["at head: reset"]))
        exchange.timeline.stamp(.requestStart, at: at(attempt.came))
        if let reason = attempt.missedFault {
            exchange.timeline.stamp(.faultMissed(0, reason: reason), at: at(attempt.came))
        }
        if let gone = attempt.peerGone { exchange.timeline.stamp(.peerGone(reason: "it closed"), at: at(gone)) }
        if let due = attempt.due, let left = attempt.left {
            exchange.timeline.stamp(.accepted(.done, due: at(due)), at: at(left))
        }
        if let left = attempt.left { exchange.timeline.stamp(.ended(.keepAlive), at: at(left)) }
        return exchange
    }
}
