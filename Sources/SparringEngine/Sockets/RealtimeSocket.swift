import SparringAPI
package import SparringExchange
import SparringJSON
package import SparringWire
import Synchronization

/// A WebSocket of the Realtime API. Each event of the client is an exchange. A `response.create` is handled like a call
/// of a model, with the same rules, limits, faults and journal.
///
/// Source: https://developers.openai.com/api/docs/guides/realtime-websocket
package final class RealtimeSocket: SocketService {
    private let engine: Engine
    private let head: Request
    private let model: ModelInfo
    private let session: String
    private let authorization: String?
    private let state: Mutex<Live>
    package let compression: SocketCompression?

    /// The state between turns.
    private struct Live {
        var state: RealtimeState
        /// Turns that the server starts without an event of the client.
        var pending: [SocketTurn] = []
        /// For each message of the running response, the number of bytes up to its end.
        var ends: [Int] = []
        /// The number of messages of the running response that were sent before it was stopped.
        var stopped: Int?
        var outOfBand = 0
    }

    /// - Parameter compression: what the handshake has agreed on.
    init(
        engine: Engine, handshake: Request, _ opening: RealtimeSettings, compression: SocketCompression? = nil
    ) {
        self.engine = engine
        self.compression = compression
        head = handshake.withoutSocketFields
        model = opening.model
        session = opening.session
        authorization = opening.authorization
        state = Mutex(Live(state: opening.state))
    }

    package func turn(of message: [UInt8], isText: Bool) -> SocketTurn {
        SocketTurn(message: message, body: isText ? try? JSONValue.parse(message) : nil, lane: RealtimeLane.events)
    }

    /// The events of a client have an effect in the order in which they arrive, so a response begins after all earlier events have had
    /// their effect.
    package func routed(_ turn: SocketTurn) -> SocketTurn {
        guard turn.lane == RealtimeLane.events else { return turn }
        return state.withLock { live in
            var turn = turn
            switch turn.body?["type"]?.string {
            case "response.create" where RealtimeCall.isOutOfBand(turn.body):
                live.outOfBand += 1
                turn.lane = "\(RealtimeLane.response) \(live.outOfBand)"
            case "response.create" where live.state.active == nil: turn.lane = RealtimeLane.response
            case "response.cancel": turn.stops = RealtimeLane.response
            default: break
            }
            return turn
        }
    }

    package var mayBlock: Bool { engine.sessions.turns != nil }

    package func answer(to turn: SocketTurn, connection: Int, now: Moment) -> PlannedExchange {
        let (performance, problem) = engine.sessions.visit { decide(turn, connection: connection, now: now) }
        guard let problem else {
            engine.traffic.began(performance.exchange.decision)
            return performance
        }
        engine.sessions.retract(performance.exchange)
        return engine.unavailable(problem, performance.exchange.request, connection: connection, carrier: .frames) {
            let state = self.state.withLock(\.state)
            RealtimeTurn(turn, state: state, model: model, session: session, stopped: nil).carry(&$0)
        }
    }

    private func decide(_ turn: SocketTurn, connection: Int, now: Moment) -> PlannedExchange {
        let (state, stopped) = self.state.withLock { live -> (RealtimeState, Int?) in
            guard turn.stops != nil else { return (live.state, nil) }
            defer { live.stopped = nil }
            return (live.state, live.stopped)
        }
        let event = RealtimeTurn(turn, state: state, model: model, session: session, stopped: stopped)
        var request = head
        request.body = turn.message
        if let authorization { request.headers["authorization"] = authorization }
        var pipeline = engine.desk(for: request, connection, now)
        pipeline.realtime = event
        pipeline.compression = compression
        var received = head
        received.body = turn.message
        received.event = event.type ?? turn.body?["type"]?.string
        pipeline.original = received
        let performance = pipeline.perform()
        self.state.withLock { live in
            guard let after = event.result else {
                // The running answer has stopped, even if a rule gives another answer to the event that stopped it.
                var ids = IDMint(seed: 0)
                if let stopped { _ = live.state.cancel(after: stopped, reason: "client_cancelled", ids: &ids) }
                return
            }
            live.state = after
            live.pending += live.state.takeFollowUps().map { SocketTurn($0) }
            if event.begins {
                live.ends = SocketFrame.ends(ofMessagesIn: performance.script.bytes)
            }
        }
        return performance
    }

    package func stopped(_ turn: SocketTurn, sent: Int) {
        state.withLock { live in live.stopped = live.ends.count { $0 <= sent } }
    }

    package func ended(_ turn: SocketTurn) {
        guard turn.lane == RealtimeLane.response else { return }
        state.withLock { live in
            // A response that was stopped ends with the turn that stopped it.
            guard live.stopped == nil, let active = live.state.active else { return }
            live.state.finish(active.id)
        }
    }

    package func followUps() -> [SocketTurn] {
        state.withLock { live in
            defer { live.pending = [] }
            return live.pending
        }
    }

    package var wait: SocketWait? {
        guard let idle = state.withLock(\.state.idle) else { return nil }
        return SocketWait(
            number: idle.number, pauses: [idle.playback, idle.timeout],
            clock: engine.sessions.existing(session).map(SessionScriptClock.init))
    }

    package func waited(_ wait: SocketWait, pauses: Int) {
        state.withLock { live in
            guard let idle = live.state.idle, idle.number == wait.number else { return }
            if pauses < wait.pauses.count {
                live.state.endPlayback()
            } else {
                live.pending.append(
                    SocketTurn(message: idle.json.serialized(), body: idle.json, lane: RealtimeLane.idle))
            }
        }
    }
}

extension SocketTurn {
    /// A turn that the server itself starts, in the form of the event that would start it.
    fileprivate init(_ followUp: RealtimeFollowUp) {
        let event: JSONValue
        let name: String
        switch followUp {
        case .interrupt: (event, name) = (["type": "response.cancel"], RealtimeLane.interruption)
        case .transcribe(let item):
            (event, name) = (["type": "transcription", "item_id": .string(item)], RealtimeLane.transcription)
        case .respond: (event, name) = (["type": "response.create"], RealtimeLane.response)
        }
        self.init(message: event.serialized(), body: event, lane: name)
        if followUp == .interrupt { stops = RealtimeLane.response }
    }
}

extension Request {
    /// The handshake's request without the fields of the socket: the request of each turn.
    package var withoutSocketFields: Request {
        var head = self
        head.method = "POST"
        for name in ["connection", "upgrade"] + headers.fields.map(\.name) {
            let isOfSocket = name == "connection" || name == "upgrade" || name.lowercased().hasPrefix("sec-websocket-")
            if isOfSocket { head.headers[name] = nil }
        }
        return head
    }
}
