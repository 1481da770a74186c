import SparringAPI
import SparringEngine
import SparringExchange
import SparringWire
import Synchronization

/// Replays WebSockets: answers the handshake like a request, and then each message separately.
extension ReplayResponder {
    /// - Parameters:
    ///   - found: the recording that the cursor has chosen.
    ///   - indices: all recordings of the handshake.
    func openSocket(
        _ found: Int, among indices: [Int], to asked: ReplayRequest, headers: HeaderFields
    ) -> SourcedAnswer {
        let words = index.cards[found].words
        func refuse(_ status: Int, _ reason: String) -> SourcedAnswer {
            SourcedAnswer(self.refuse(asked, status: status, reason), editable: .no(reason))
        }
        guard WebSocketUpgrade.isAsked(by: asked.request) else {
            return refuse(
                426, "\(words) is the recording of a WebSocket, but the request does not ask for a WebSocket.")
        }
        let accept: String
        do throws(SocketHandshake.Problem) {
            accept = try SocketHandshake.accept(
                method: asked.request.method, version: asked.request.version, asked.request.headers)
        } catch {
            return refuse(error.status, "\(error.words).")
        }
        var recorded: RecordedAnswer?
        var tracks: [SocketTrack] = []
        do {
            for other in [found] + indices.filter({ $0 != found && index.cards[$0].status == 101 }) {
                let (track, answer) = try track(other)
                if other == found { recorded = answer }
                tracks.append(track)
            }
        } catch {
            return refuse(502, "\(words) can no longer be read from the cassette: \(error).")
        }
        guard var recorded else { return refuse(502, "\(words) was recorded without an answer.") }
        if let chosen = recorded.headers["sec-websocket-protocol"],
            !SocketHandshake.protocols(asked.request.headers).contains(chosen)
        {
            return refuse(400, "\(words) agreed on the subprotocol '\(chosen)', which this client does not offer.")
        }
        var fresh: (rendering: FreshRendering, mint: IDMint)?
        if index.matching.rendering == .fresh {
            let (rendering, drawn) = freshRendering(tracks[0].recordedAt, asked.session)
            var mint = drawn
            recorded = rendering.rendered(recorded, mint: &mint)
            fresh = (rendering, mint)
        }
        for field in headers.fields { recorded.headers[field.name] = field.value }
        let script = SocketScript(timeScale: timeScale, rendering: fresh?.rendering)
        report(.played(request: line(of: asked), words, 101))
        var performance = perform(
            script.handshake(recorded, accept: accept), endpoint: index.cards[found].endpoint, status: 101,
            named: words, to: asked)
        performance.socket = SocketReplay(
            SocketProgress(tracks, index.matching, mint: fresh?.mint), handshake: asked.request, target: asked.target,
            session: asked.session, in: index, script: script, reports: reports(of: asked.session))
        return SourcedAnswer(performance, editable: .no("faults do not apply to the handshake of a replayed WebSocket"))
    }

    /// Reads the recording of a WebSocket. The recording is read only once, except from a cassette that is too large for memory.
    private func track(_ card: Int) throws -> (SocketTrack, RecordedAnswer?) {
        if let known = state.withLock({ $0.tracks[card] }) { return known }
        let exchange = try index.exchange(card)
        let track = (SocketTrack(exchange, card: card, index.matching), exchange.answer)
        if !index.shelf.mayBlock { state.withLock { $0.tracks[card] = track } }
        return track
    }

    private func reports(of session: String) -> SocketReplay.Reports {
        SocketReplay.Reports(
            missed: { [weak self] miss in self?.missed(miss) },
            switched: { [weak self] before, after in self?.switched(before, after, session) })
    }

    private func missed(_ miss: CassetteMiss) {
        report(.missed(miss, isForwarded: false))
        state.withLock { $0.tally.misses.append(miss) }
    }

    private func switched(_ before: Int, _ after: Int, _ session: String) {
        state.withLock { $0.cursor.replace(before, by: after, session: session) }
    }
}
