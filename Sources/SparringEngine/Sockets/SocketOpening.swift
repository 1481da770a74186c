import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// The answer that opens a WebSocket. The script of this answer lasts as long as the socket.
enum SocketOpening {
    /// The API ends a socket of the Responses API after an hour.
    ///
    /// Source: https://developers.openai.com/api/docs/guides/websocket-mode
    static let lifetime = Duration.seconds(3600)

    /// The Close frame after the error for the time limit. The code of this Close frame is not documented; an official client reconnects
    /// after this code.
    static let expired = SocketClose(1001, "Sparring: the connection is an hour old")

    /// - Parameters:
    ///   - accept: the value of `Sec-WebSocket-Accept`.
    ///   - subprotocol: the subprotocol to agree on; nil if the client offers none.
    ///   - compression: the parameters to agree on; nil without compression.
    static func answer(accept: String, subprotocol: String?, compression: SocketCompression?) -> Answer {
        var headers: HeaderFields = [
            "upgrade": "websocket", "connection": "Upgrade", "sec-websocket-accept": accept,
        ]
        headers["sec-websocket-protocol"] = subprotocol
        headers["sec-websocket-extensions"] = compression?.field
        var limit = Event(data: limitReached.socketEvent(lane: nil), kind: .error)
        limit.pause = lifetime
        return Answer(status: 101, headers: headers, body: .events([limit]))
    }

    private static let limitReached = APIError(
        message:
            "Responses websocket connection limit reached (60 minutes). Create a new websocket connection to continue.",
        code: "websocket_connection_limit_reached")
}

extension RequestPipeline {
    /// Answers a WebSocket handshake. Only rules that name `event: upgrade` can change the answer to the handshake.
    mutating func upgrade(_ address: RequestAddress) -> PlannedExchange {
        if isRealtime { return openRealtime(address) }
        guard address.path == "/v1/responses" else {
            return refuse(
                address, WebSocketUpgrade.refusal(request.method, address.path), unmatched: WebSocketUpgrade.reason)
        }
        let accept: String
        do throws(SocketHandshake.Problem) {
            accept = try SocketHandshake.accept(
                method: request.method, version: request.version, request.headers)
        } catch {
            return refuse(address, .handshake(error), endpoint: .responses)
        }
        guard Credentials.isPresent(in: request) else {
            return refuse(address, Credentials.missing, endpoint: .responses)
        }
        let session = sessions.session(named: address.sessionName(model: nil), now: now)
        let known = session.world
        do throws(APIError) {
            try admit(.responses, to: known, model: nil)
        } catch {
            return condemned(
                error, in: session, known, endpoint: .responses, fingerprint: Fingerprint.of(request), model: nil)
        }
        // Faults in the URL or header apply to the answers on the socket, not to the handshake.
        requested = nil
        opensSocket = true
        compression = SocketCompression.agreed(request.headers)
        let answer = SocketOpening.answer(
            accept: accept, subprotocol: SocketHandshake.protocols(request.headers).first, compression: compression)
        guard known.scenario.rules.contains(where: { $0.condition?.namesEvent ?? false }) else {
            return auxiliary(address, endpoint: .responses, answer)
        }
        let view = CallView(
            endpoint: .responses, model: "", headers: request.headers, body: .null, digest: CallDigest(),
            event: CallView.upgrade)
        return serve(
            checked(
                .upgrade(answer), view, in: session, known, commit: .object(fingerprint: Fingerprint.of(request))),
            path: address.path, model: nil)
    }
}

extension APIError {
    static func handshake(_ problem: SocketHandshake.Problem) -> APIError {
        APIError(
            status: problem.status, message: "Sparring: \(problem.words).",
            headers: problem == .version ? ["sec-websocket-version": "13", "upgrade": "websocket"] : [:])
    }
}
