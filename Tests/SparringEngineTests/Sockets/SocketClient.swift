import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

/// A client of an engine over a WebSocket without a network.
struct SocketClient {
    let engine: Engine
    let socket: any SocketService
    let opening: PlannedExchange

    static let handshake: HeaderFields = [
        "host": "localhost", "authorization": "Bearer sk-test", "connection": "Upgrade", "upgrade": "websocket",
        "sec-websocket-version": "13", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    ]

    static func engine(_ yaml: String = "schema: 1\nscenario: sockets\notherwise: auto\n") throws -> Engine {
        let scenario = try ScenarioLoader.load(text: yaml, file: "sockets.yaml", errors: .api).get()
        return Engine(scenario: scenario, wallClock: { 1_795_232_605 })
    }

    static func open(
        _ engine: Engine, target: String = "/v1/responses", headers: HeaderFields = handshake
    ) -> PlannedExchange {
        engine.respond(
            to: Request(method: "GET", target: target, headers: headers), connection: 1, now: Moment(nanoseconds: 0))
    }

    init(_ engine: Engine, target: String = "/v1/responses", headers: HeaderFields = handshake) throws {
        self.engine = engine
        opening = Self.open(engine, target: target, headers: headers)
        socket = try #require(opening.socket)
    }

    /// Sends a message, and returns the exchange that answers it.
    func send(_ message: String, isText: Bool = true) -> PlannedExchange {
        let turn = socket.turn(of: Array(message.utf8), isText: isText)
        let performance = socket.answer(to: turn, connection: 1, now: Moment(nanoseconds: 1_000))
        engine.ended(performance, timeline: performance.exchange.timeline)
        return performance
    }

    /// The messages of an answer, as JSON.
    static func messages(_ performance: PlannedExchange) throws -> [JSONValue] {
        var reader = SocketReader(from: .server, limit: 1 << 24)
        return try reader.read(performance.script.bytes).map { input in
            guard case .text(let bytes) = input else {
                Issue.record("\(input) is no text")
                return .null
            }
            return try JSONValue.parse(bytes)
        }
    }

    func ask(_ message: String) throws -> [JSONValue] { try Self.messages(send(message)) }
}
