import SparringAPI
package import SparringExchange
import SparringJSON
package import SparringWire
import Synchronization

/// A WebSocket of the Responses API. Each `response.create` is handled like a `POST /v1/responses`, with the same
/// checks, rules, limits, faults and journal.
///
/// Source: https://developers.openai.com/api/docs/guides/websocket-mode
package final class ResponsesSocket: SocketService {
    private let engine: Engine
    /// The handshake without the fields of the socket. This request has the session, the key and the faults of every turn.
    private let head: Request
    private let cache = Mutex(ResponsesCache())
    package let compression: SocketCompression?

    /// - Parameter compression: what the handshake has agreed on.
    init(engine: Engine, handshake: Request, compression: SocketCompression? = nil) {
        self.engine = engine
        self.compression = compression
        head = handshake.withoutSocketFields
    }

    package func turn(of message: [UInt8], isText: Bool) -> SocketTurn {
        let body = isText ? try? JSONValue.parse(message) : nil
        return SocketTurn(message: message, body: body, lane: body?["stream_id"]?.string ?? "")
    }

    package var mayBlock: Bool { engine.sessions.turns != nil }

    package func answer(to turn: SocketTurn, connection: Int, now: Moment) -> PlannedExchange {
        let (performance, problem) = engine.sessions.visit { decide(turn, connection: connection, now: now) }
        guard let problem else {
            engine.traffic.began(performance.exchange.decision)
            return performance
        }
        engine.sessions.retract(performance.exchange)
        let lane = ResponsesTurn(turn.body) { _ in nil }.lane
        return engine.unavailable(problem, performance.exchange.request, connection: connection, carrier: .frames) {
            $0.carryOnSocket(lane: lane)
        }
    }

    private func decide(_ turn: SocketTurn, connection: Int, now: Moment) -> PlannedExchange {
        let sent = ResponsesTurn(turn.body) { id in cache.withLock { $0[id] } }
        var request = head
        request.body = sent.body?.serialized() ?? turn.message
        var pipeline = engine.desk(for: request, connection, now)
        pipeline.turn = sent
        pipeline.compression = compression
        var received = head
        received.body = turn.message
        received.event = sent.event
        pipeline.original = received
        let performance = pipeline.perform()
        let previous = turn.body?["previous_response_id"]?.string
        cache.withLock { cache in
            if performance.exchange.decision.status >= 400 {
                if let previous { cache.evict(previous) }
            } else if let (id, items) = sent.result {
                cache.keep(id, items, lane: turn.lane)
            }
        }
        return performance
    }
}

/// The latest response of each lane, which the next turn can continue even if it is not stored. If a turn fails, the
/// response that it continued is removed.
private struct ResponsesCache {
    private var latest: [(lane: String, id: String, items: [JSONValue])] = []

    /// The maximum number of lanes that are remembered.
    private static let capacity = 100

    subscript(id: String) -> [JSONValue]? { latest.first { $0.id == id }?.items }

    mutating func keep(_ id: String, _ items: [JSONValue], lane: String) {
        latest.removeAll { $0.lane == lane }
        if latest.count == Self.capacity { latest.removeFirst() }
        latest.append((lane, id, items))
    }

    mutating func evict(_ id: String) { latest.removeAll { $0.id == id } }
}
