import NIOCore
import NIOPosix
import SparringExchange

/// Answers the requests of a connection: on its event loop, or on a thread of the pool if that may take long.
struct RequestDispatcher {
    let responder: any Responder
    /// The connection's number.
    let connection: Int
    let clock: MonotonicClock
    let eventLoop: any EventLoop
    /// Whether the connection uses TLS.
    let isTLS: Bool

    /// A request with a larger body is decided on a thread of the pool.
    private static let inlineBodyBytes = 256 * 1024

    /// Whether reading the body takes long.
    func isLarge(_ received: ReceivedRequest) -> Bool {
        // A request without a body takes long only if the responder always blocks.
        guard case .complete(let request) = received else { return responder.alwaysBlocks }
        return request.body.count > Self.inlineBodyBytes
    }

    func answer(to received: ReceivedRequest) -> PlannedExchange {
        responder.respond(to: isTLS ? received.secured : received, connection: connection, now: clock.now)
    }

    /// - Parameter then: called on the event loop.
    func answerElsewhere(
        to turn: SocketTurn, by service: any SocketService, _ then: @escaping (PlannedExchange) -> Void
    ) {
        let (connection, clock) = (connection, clock)
        let answer = { @Sendable in service.answer(to: turn, connection: connection, now: clock.now) }
        NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop, answer).assumeIsolated().whenComplete { result in
            then((try? result.get()) ?? answer())
        }
    }

    /// - Parameter then: called on the event loop.
    func answerElsewhere(to received: ReceivedRequest, _ then: @escaping (PlannedExchange) -> Void) {
        let (responder, connection, clock) = (responder, connection, clock)
        let received = isTLS ? received.secured : received
        let answer = { @Sendable in responder.respond(to: received, connection: connection, now: clock.now) }
        NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop, answer).assumeIsolated().whenComplete { result in
            // Fails only if other code has shut down the pool. The answer is then decided on the event loop, which is
            // slower.
            then((try? result.get()) ?? answer())
        }
    }
}
