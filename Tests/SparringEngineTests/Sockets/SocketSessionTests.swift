import SparringExchange
import SparringWire
import Testing

@testable import SparringEngine

@Suite("The session of a WebSocket")
struct SocketSessionTests {
    /// An idle session may be evicted, and the verdict on a client waits until its session is idle.
    @Test(
        "A session is idle when its last socket has ended, whether the socket was opened or refused",
        arguments: ["/v1/responses", "/v1/realtime?model=gpt-realtime"], ["auto: {}", "error: invalid_api_key"])
    func idle(target: String, step: String) throws {
        let engine = try SocketClient.engine(
            """
            schema: 1
            scenario: sockets
            rules:
              - when: { event: upgrade }
                steps: [{ \(step) }]
            """)
        let opening = SocketClient.open(engine, target: target)
        let session = try #require(engine.sessions.existing(opening.exchange.session))
        #expect(session.idleSince == nil)
        engine.ended(opening, timeline: opening.exchange.timeline)
        #expect(session.idleSince != nil)
    }
}
