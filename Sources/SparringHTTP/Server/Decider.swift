import NIOCore
import NIOPosix
import SparringExchange

/// Has the requests of a connection answered: on its event loop, or on a thread of the pool where that may take long.
struct Decider {
    let responder: any Responder
    /// The connection's number.
    let connection: Int
    let clock: MonotonicClock
    let eventLoop: any EventLoop

    /// Requests with a body of more than this are decided on a thread of the pool.
    private static let inlineBodyBytes = 256 * 1024

    func mayTakeLong(_ request: Request) -> Bool {
        request.body.count > Self.inlineBodyBytes || responder.mayBlock(on: request)
    }

    func answer(to request: Request) -> Performance {
        responder.respond(to: request, connection: connection, now: clock.now)
    }

    /// To a request whose body is not read.
    func answer(early head: Request) -> Performance {
        responder.respond(early: head, connection: connection, now: clock.now)
    }

    func answer(to problem: RequestProblem, head: Request?) -> Performance {
        responder.respond(to: problem, head: head, connection: connection, now: clock.now)
    }

    /// - Parameter then: called on the event loop.
    func answerElsewhere(to request: Request, _ then: @escaping (Performance) -> Void) {
        let (responder, connection, clock) = (responder, connection, clock)
        let answer = { @Sendable in responder.respond(to: request, connection: connection, now: clock.now) }
        NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop, answer).assumeIsolated().whenComplete { result in
            // Only a pool that somebody else has shut down fails. The answer is slower on the loop, but it is one.
            then((try? result.get()) ?? answer())
        }
    }
}
