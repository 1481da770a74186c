import SparringExchange
import SparringWire
import TestSupport

@testable import SparringHTTP

/// A server on a free port with its responder, which runs during a closure.
struct Fixture: Sendable {
    let server: HTTPServer
    let responder: ScriptedResponder

    static func with(
        _ scripts: [String: WireScript] = [:],
        limits: ConnectionLimits = .patient,
        takes intake: (any BodyIntake)? = nil,
        http2: Bool = false,
        _ body: (Fixture) async throws -> Void
    ) async throws {
        let responder = ScriptedResponder(scripts, takes: intake)
        try await with(responder: responder, limits: limits, http2: http2) { server in
            try await body(Fixture(server: server, responder: responder))
        }
    }

    /// Runs a server with the caller's responder.
    static func with(
        responder: some Responder,
        limits: ConnectionLimits = .patient,
        plan: ListenerPlan = ListenerPlan(),
        http2: Bool = false,
        _ body: (HTTPServer) async throws -> Void
    ) async throws {
        await Slots.servers.take()
        defer { Slots.servers.give() }
        let server = try await HTTPServer.start(
            HTTPServer.Configuration(limits: limits, threads: 2, plan: plan, speaksHTTP2: http2),
            responder: responder,
            clock: MonotonicClock()
        )
        do {
            try await body(server)
            await server.stopNow()
        } catch {
            await server.stopNow()
            throw error
        }
    }

    /// A conversation on a new connection.
    func talk<Result: Sendable>(
        receiveBuffer: Int32? = nil,
        _ body: @escaping @Sendable (RawSocket) throws -> Result
    ) async throws -> Result {
        let port = server.port
        return try await blocking { try body(RawSocket(port: port, receiveBuffer: receiveBuffer)) }
    }

    static func get(_ target: String, version: String = "1.1", _ fields: [String] = []) -> String {
        (["GET \(target) HTTP/\(version)"] + fields).joined(separator: "\r\n") + "\r\n\r\n"
    }
}

extension ConnectionLimits {
    /// Limits of time that no client misses on a busy machine.
    static let patient = {
        var limits = ConnectionLimits()
        (limits.headDeadline, limits.bodyDeadline) = (.seconds(600), .seconds(600))
        (limits.drainDeadline, limits.acknowledgeDeadline) = (.seconds(600), .seconds(600))
        return limits
    }()
}

extension Timeline {
    /// The events without their times.
    var words: [String] {
        entries.map { entry in
            switch entry.happening {
            case .requestStart: "request start"
            case .requestHead: "request head"
            case .requestEnd: "request end"
            case .decided: "decided"
            case .accepted(let mark, _): "accepted \(mark.map { "\($0)" } ?? "bytes")"
            case .faultDelivered(let index): "fault \(index)"
            case .faultMissed(let index, let reason): "missed \(index): \(reason)"
            case .held(let point): "held at \(point)"
            case .released(_, let reason): "released: \(reason)"
            case .peerGone(let reason): "gone: \(reason.prefix(30))"
            case .drained: "drained"
            case .lost: "lost"
            case .ended(let ending): "ended \(ending)"
            }
        }
    }

    /// The eventsexcept the four events that every complete request has.
    var play: [String] { Array(words.drop { $0 != "decided" }.dropFirst()) }

    func moment(of words: String) -> Moment? { zip(entries, self.words).first { $1 == words }?.0.at }
}

extension Fixture {
    /// Returns when all connections have ended on the server.
    func untilNoConnection() async throws { await server.connections.untilEmpty() }
}
