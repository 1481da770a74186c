import SparringAPI
import SparringExchange
import SparringWire

/// A WebSocket that the engine's source answers. Each message goes through the pipeline like a request that a source
/// answers: rules, limits, chaos and faults apply to it, and it is in the journal of its session.
final class SourcedSocket: SocketService {
    private let inner: any SocketService
    private let plan: @Sendable (SourcedMessage, _ head: Request, _ connection: Int, _ now: Moment) -> PlannedExchange
    /// The handshake without the fields of the socket: the head of each message's request.
    private let head: Request
    private let endpoint: Endpoint?

    /// - Parameters:
    ///   - inner: the source's part of the socket.
    ///   - plan: takes a message through the pipeline.
    init(
        _ inner: any SocketService, handshake: Request,
        plan: @escaping @Sendable (SourcedMessage, _ head: Request, _ connection: Int, _ now: Moment) -> PlannedExchange
    ) {
        self.inner = inner
        self.plan = plan
        head = handshake.withoutSocketFields
        endpoint = Self.endpoint(of: RequestAddress(handshake).path)
    }

    /// The operation whose rules apply to a socket; nil for a path at which the API has no socket.
    static func endpoint(of path: Substring) -> Endpoint? {
        let target = String(path)
        let endpoint = Dialect.endpoint(of: "GET", target) ?? Dialect.endpoint(of: "POST", target)
        return endpoint == .responses || endpoint == .realtime ? endpoint : nil
    }

    var compression: SocketCompression? { inner.compression }

    func turn(of message: [UInt8], isText: Bool) -> SocketTurn { inner.turn(of: message, isText: isText) }

    func routed(_ turn: SocketTurn) -> SocketTurn { inner.routed(turn) }

    func answer(to turn: SocketTurn, connection: Int, now: Moment) -> PlannedExchange {
        plan(SourcedMessage(turn, of: inner, endpoint: endpoint), head, connection, now)
    }

    func stopped(_ turn: SocketTurn, sent: Int) { inner.stopped(turn, sent: sent) }

    func ended(_ turn: SocketTurn) { inner.ended(turn) }

    func followUps() -> [SocketTurn] { inner.followUps() }
}
