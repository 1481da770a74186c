import SparringExchange
import SparringJSON
import SparringWire
import Synchronization

/// Forwards an upstream's answer to the client as it arrives, and reports the answer for recording.
///
/// Bytes for a slow client are buffered up to a limit; then reading from the upstream stops. If the client closes its connection, the
/// upstream's connection is closed too. If the upstream breaks off, the answer to the client breaks off too.
final class ForwardFeed: Feed, UpstreamObserver {
    /// The properties of the client's connection.
    struct Client: Sendable {
        var minorVersion: Int
        var keepsAlive: Bool
        var isHead: Bool
        /// Whether the client asks for a WebSocket.
        var isSocket = false
    }

    fileprivate struct State {
        var waiting: [UInt8] = []
        /// The piece that is returned after all waiting bytes.
        var last: FeedPiece?
        var call: (any UpstreamCall)?
        var wake: (@Sendable () -> Void)?
        var isPaused = false
        var isChunked = false
        var hasHead = false
        /// Whether the client's connection stays open after the answer.
        var goesOn = true
        /// Whether the ending of the exchange was reported.
        var isSettled = false
    }

    private let request: Request
    /// The request's body, if it is still arriving.
    private let upload: UploadFeed?
    private let upstream: any Upstream
    private let client: Client
    private let tell: @Sendable (CassetteEvent) -> Void
    private let now: @Sendable () -> Moment
    private let state = Mutex(State())

    /// If more bytes than this wait for the client, reading from the upstream stops.
    private static let high = 256 * 1024
    private static let low = 64 * 1024

    /// - Parameter tell: receives the events to record.
    init(
        _ request: Request, to upstream: any Upstream, for client: Client, now: @escaping @Sendable () -> Moment,
        tell: @escaping @Sendable (CassetteEvent) -> Void
    ) {
        self.request = request
        upload = request.upload as? UploadFeed
        self.upstream = upstream
        self.client = client
        self.now = now
        self.tell = tell
    }

    // MARK: To the client

    func open(_ wake: @escaping @Sendable () -> Void) {
        state.withLock { $0.wake = wake }
        let call = upstream.send(request, observer: self)
        let isGone = state.withLock { state in
            state.call = call
            return state.isSettled
        }
        if isGone { call.cancel() }
    }

    func next() -> FeedPiece {
        let (piece, resumed) = state.withLock { state -> (FeedPiece, (any UpstreamCall)?) in
            guard !state.waiting.isEmpty else { return (state.last ?? .nothing, nil) }
            var bytes: [UInt8] = []
            swap(&bytes, &state.waiting)
            guard state.isPaused else { return (.bytes(bytes), nil) }
            state.isPaused = false
            return (.bytes(bytes), state.call)
        }
        resumed?.setReading(true)
        return piece
    }

    /// Does nothing, because the answer may be completed within the server's grace period.
    func windDown() {}

    func peerClosed() { leave() }

    func close() { leave() }

    private func leave() {
        let (isNew, call) = state.withLock { state in
            defer { state.isSettled = true }
            state.last = state.last ?? .ending(.fin)
            return (!state.isSettled, state.call)
        }
        guard isNew else { return }
        call?.cancel()
        tell(.ended(.left, at: now()))
    }

    // MARK: From the upstream

    func heard(_ event: UpstreamEvent, at moment: Moment) {
        guard !state.withLock(\.isSettled) else { return }
        switch event {
        case .sent: return
        case .head(let head):
            tell(.head(head, at: moment))
            // An answer that arrives before the whole request was sent ends the connection.
            var client = client
            if let upload, !upload.hasEnded { client.keepsAlive = false }
            push { [client] state in state.begin(head, for: client) }
        case .body(let bytes):
            tell(.body(bytes, at: moment))
            push { state in state.append(bytes) }
        case .end:
            settle(.complete, at: moment) { state in
                if state.isChunked { state.waiting += "0\r\n\r\n".utf8 }
                state.last = state.goesOn ? .end : .ending(.fin)
            }
        case .failed(let failure): fail(failure, at: moment)
        }
    }

    private func fail(_ failure: UpstreamFailure, at moment: Moment) {
        let (ending, recorded): (Ending, RecordedEnding) =
            switch failure {
            case .closed: (.fin, .closed)
            case .reset: (.reset, .reset)
            case .malformed: (.fin, .malformed)
            case .unreachable: (.fin, .unreachable)
            }
        settle(recorded, at: moment) { state in
            // Without a head from the upstream, the client gets an error of Sparring's own.
            switch failure {
            case .unreachable(let reason) where !state.hasHead:
                state.waiting += Self.refusal("cannot reach the upstream: \(reason).")
            case .malformed(let reason) where !state.hasHead:
                state.waiting += Self.refusal(
                    "cannot read the upstream's answer, which is not HTTP/1: \(reason).")
            default: break
            }
            state.last = .ending(ending)
        }
    }

    private func settle(_ ending: RecordedEnding, at moment: Moment, _ change: @Sendable (inout State) -> Void) {
        let isNew = state.withLock { state in
            defer { state.isSettled = true }
            return !state.isSettled
        }
        guard isNew else { return }
        tell(.ended(ending, at: moment))
        push(change)
    }

    private func push(_ change: (inout State) -> Void) {
        let (wake, paused) = state.withLock { state -> ((@Sendable () -> Void)?, (any UpstreamCall)?) in
            change(&state)
            guard state.waiting.count > Self.high, !state.isPaused, state.last == nil else { return (state.wake, nil) }
            state.isPaused = true
            return (state.wake, state.call)
        }
        paused?.setReading(false)
        wake?()
    }

    private static func refusal(_ message: String) -> [UInt8] {
        let body = SparringRefusal.body(message, type: "sparring_upstream")
        return Array(
            ("HTTP/1.1 502 Bad Gateway\r\ncontent-type: application/json\r\ncontent-length: \(body.count)\r\n"
                + "connection: close\r\n\r\n").utf8) + body
    }
}

extension ForwardFeed.State {
    fileprivate mutating func begin(_ head: UpstreamHead, for client: ForwardFeed.Client) {
        hasHead = true
        let isBodiless = client.isHead || head.status == 204 || head.status == 304
        let hasLength = head.headers.contains("content-length") && !head.headers.contains("transfer-encoding")
        let opensSocket = client.isSocket && head.status == 101
        isChunked = !isBodiless && !hasLength && !opensSocket && client.minorVersion >= 1
        waiting += "HTTP/1.1 \(head.status) \(head.reason)\r\n".utf8
        for field in Forwarding.headers(head.headers).fields {
            // A chunked answer must not have a length.
            if isChunked, field.name.lowercased() == "content-length" { continue }
            waiting += "\(field.name): \(field.value)\r\n".utf8
        }
        if opensSocket {
            goesOn = false
            waiting += "upgrade: websocket\r\nconnection: Upgrade\r\n\r\n".utf8
            return
        }
        if isChunked { waiting += "transfer-encoding: chunked\r\n".utf8 }
        goesOn = client.keepsAlive && (isBodiless || hasLength || isChunked)
        waiting += "connection: \(goesOn ? "keep-alive" : "close")\r\n\r\n".utf8
    }

    fileprivate mutating func append(_ bytes: [UInt8]) {
        guard isChunked else { return waiting += bytes }
        waiting += String(bytes.count, radix: 16).utf8
        waiting += "\r\n".utf8
        waiting += bytes
        waiting += "\r\n".utf8
    }
}

/// Writes Sparring's own errors in the API's error format.
enum SparringRefusal {
    /// The body of an error. The error's message begins with Sparring's name, so that no one takes the message for an error of the API.
    static func body(_ message: String, type: String) -> [UInt8] {
        let error: JSONValue = [
            "message": .string("Sparring: \(message)"), "type": .string(type), "param": .null, "code": .null,
        ]
        return JSONValue.object(["error": error]).serialized(.pretty)
    }
}
