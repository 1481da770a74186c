import SparringExchange
import SparringWire

/// A WebSocket that the engine's source answers. Its turns get the numbers of their session, and are in its journal, like
/// those of an emulated socket.
final class SourcedSocket: SocketService {
    private let inner: any SocketService
    private let begin: @Sendable (inout PlannedExchange, Moment) -> Void

    /// - Parameter begin: numbers and notes the answer to a turn, at the given time.
    init(_ inner: any SocketService, begin: @escaping @Sendable (inout PlannedExchange, Moment) -> Void) {
        self.inner = inner
        self.begin = begin
    }

    var compression: SocketCompression? { inner.compression }

    func turn(of message: [UInt8], isText: Bool) -> SocketTurn { inner.turn(of: message, isText: isText) }

    func answer(to turn: SocketTurn, connection: Int, now: Moment) -> PlannedExchange {
        var performance = inner.answer(to: turn, connection: connection, now: now)
        begin(&performance, now)
        return performance
    }

    func stopped(_ turn: SocketTurn, sent: Int) { inner.stopped(turn, sent: sent) }

    func ended(_ turn: SocketTurn) { inner.ended(turn) }

    func followUps() -> [SocketTurn] { inner.followUps() }
}
