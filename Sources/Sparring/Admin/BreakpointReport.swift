import SparringEngine
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// Breakpoints and the answers that they hold, as JSON.
enum BreakpointReport {
    /// - Parameters:
    ///   - session: the session to report; nil for all sessions.
    ///   - conceal: masks more than the usual secrets.
    static func json(
        _ breakpoints: Breakpoints, session: String?, now: Moment, conceal: (@Sendable (Exchange) -> Exchange)?
    ) -> JSONValue {
        [
            "breakpoints": .array(
                breakpoints.all.filter { session == nil || $0.session == session }.map(row)),
            "held": .array(
                breakpoints.held.filter { session == nil || $0.session == session }.compactMap { row($0, now, conceal) }
            ),
        ]
    }

    static func row(_ breakpoint: Breakpoint) -> JSONValue {
        [
            "breakpoint": .int(breakpoint.number), "session": .string(Redaction.text(breakpoint.session)),
            "at": .string(breakpoint.point.description), "filter": .string(orNull: breakpoint.filterText),
            "next": .int(breakpoint.calls), "limit_ms": milliseconds(breakpoint.limit),
        ]
    }

    private static func row(
        _ answer: HeldAnswer, _ now: Moment, _ conceal: (@Sendable (Exchange) -> Exchange)?
    ) -> JSONValue? {
        guard let since = answer.since else { return nil }
        return [
            "session": .string(Redaction.text(answer.session)), "number": .int(answer.number),
            "request": .string((conceal?(answer.exchange) ?? answer.exchange).words), "at": .string(answer.point),
            "breakpoint": .int(answer.breakpoint),
            "held_ms": milliseconds(max(.zero, now - since)), "limit_ms": milliseconds(answer.limit),
        ]
    }

    private static func milliseconds(_ duration: Duration) -> JSONValue {
        .int(Int((duration / .milliseconds(1)).rounded()))
    }
}

extension Admin {
    func hold(_ breakpoint: Breakpoint) throws(AdminProblem) -> Answer {
        guard let set = engine.sessions.breakpoints.set(breakpoint) else {
            throw AdminProblem(
                status: 409, what: "the server already has \(Breakpoints.most) breakpoints", place: "body",
                fix: "remove the breakpoints of a session with POST \(AdminRouter.Resource.release.path)")
        }
        return .admin(BreakpointReport.row(set))
    }

    /// Releases held answers. Without a number, also removes the session's breakpoints.
    func release(_ number: Int?, _ end: HoldEnd, session: String) throws(AdminProblem) -> Answer {
        let breakpoints = engine.sessions.breakpoints
        let removed = number == nil ? breakpoints.remove(session: session) : []
        let released = breakpoints.release(session: session, number: number, end)
        if let number, released.isEmpty {
            throw AdminProblem(
                status: 404, what: "no breakpoint holds the answer of exchange \(number) of session '\(session)'",
                place: "body, number", fix: "GET \(AdminRouter.Resource.breakpoints.path) lists the held answers")
        }
        return .admin([
            "session": .string(session), "released": .array(released.map { .int($0) }),
            "removed": .array(removed.map { .int($0) }),
        ])
    }
}
