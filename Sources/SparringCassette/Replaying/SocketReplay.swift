import SparringAPI
import SparringEngine
import SparringExchange
import SparringJSON
import SparringWire
import Synchronization

/// Answers the messages of a client on a WebSocket from recordings of the same handshake.
final class SocketReplay: SocketService {
    /// The reports of the socket to the replay that it belongs to.
    struct Reports: Sendable {
        var missed: @Sendable (CassetteMiss) -> Void
        /// Called when another recording begins to answer, with the indices of both recordings.
        var switched: @Sendable (_ from: Int, _ to: Int) -> Void
    }

    private struct State {
        var progress: SocketProgress
        var hasOpened = false
        var isOpening = false
    }

    /// The handshake without the header fields of the socket. It is the head of the request for each message.
    private let head: Request
    private let session: String
    private let endpoint: String?
    private let index: CassetteIndex
    private let script: SocketScript
    private let reports: Reports
    private let state: Mutex<State>

    /// - Parameter target: the target of the handshake without the session's prefix.
    init(
        _ progress: SocketProgress, handshake: Request, target: String, session: String, in index: CassetteIndex,
        script: SocketScript, reports: Reports
    ) {
        head = handshake.withoutSocketFields
        self.session = session
        endpoint = (Dialect.endpoint(of: "GET", target) ?? Dialect.endpoint(of: "POST", target))?.rawValue
        self.index = index
        self.script = script
        self.reports = reports
        state = Mutex(State(progress: progress))
    }

    func turn(of message: [UInt8], isText: Bool) -> SocketTurn {
        let body = isText ? try? JSONValue.parse(message) : nil
        return SocketTurn(message: message, body: body, lane: SocketEvent.lane(in: body))
    }

    /// The messages that the server sends before the client's first message are a turn of their own, which is the first turn.
    func followUps() -> [SocketTurn] {
        state.withLock { state in
            defer { state.hasOpened = true }
            guard !state.hasOpened, !state.progress.track.opening.cues.isEmpty else { return [] }
            state.isOpening = true
            var turn = SocketTurn(message: [], body: nil, lane: "")
            turn.isOwn = true
            return [turn]
        }
    }

    func answer(to turn: SocketTurn, connection: Int, now: Moment) -> PlannedExchange {
        var request = head
        request.body = turn.message
        let opening = state.withLock { state -> (track: SocketTrack, renaming: Renaming)? in
            defer { state.isOpening = false }
            return state.isOpening ? (state.progress.track, state.progress.renaming) : nil
        }
        if let (track, renaming) = opening {
            request.event = "opening"
            return plan(script.answer(track.opening, renaming), request, connection, step: track.words)
        }
        let event = index.socketEvent(turn.message)
        request.event = event.name
        let line = "\(event.name) on the WebSocket \(index.shown(head.target))"
        let (choice, before, after) = state.withLock { state in
            let before = state.progress.track.card
            let choice = state.progress.take(event, request: line)
            return (choice, before, state.progress.track.card)
        }
        if before != after { reports.switched(before, after) }
        switch choice {
        case .play(let answer, let renaming, let words):
            return plan(script.answer(answer, renaming), request, connection, step: words)
        case .miss(let miss):
            reports.missed(miss)
            return plan(
                script.refusal(miss.sentence, lane: event.lane), request, connection, status: 400,
                unmatched: miss.sentence)
        }
    }

    private func plan(
        _ script: WireScript, _ request: Request, _ connection: Int, status: Int = 200, step: String? = nil,
        unmatched: String? = nil
    ) -> PlannedExchange {
        var decision = Exchange.Decision(endpoint: endpoint, status: status, step: step, unmatched: unmatched)
        decision.isStream = status < 400
        return PlannedExchange(
            script: script,
            exchange: Exchange(
                number: 0, session: session, connection: connection, request: request, decision: decision))
    }
}

extension CassetteIndex {
    /// A message in the form that is compared, masked by the rules of the cassette.
    func socketEvent(_ message: [UInt8]) -> SocketEvent {
        SocketEvent(
            redaction.request(["content-type": "application/json"], message)?.body ?? message, matching)
    }
}
