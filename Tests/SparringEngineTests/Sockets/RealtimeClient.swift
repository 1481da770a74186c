import SparringExchange
import SparringJSON
import SparringWire
import Testing

@testable import SparringEngine

/// A client of a Realtime session without a network. Like the connection, it starts the turns that the server begins
/// itself.
struct RealtimeClient {
    let client: SocketClient
    /// The messages that follow the handshake.
    let opened: [JSONValue]

    init(_ engine: Engine, target: String, headers: HeaderFields = SocketClient.handshake) throws {
        client = try SocketClient(engine, target: target, headers: headers)
        let bytes = client.opening.script.bytes
        let head = try #require(bytes.firstRange(of: Array("\r\n\r\n".utf8)))
        var reader = SocketReader(from: .server, limit: 1 << 20)
        opened = try reader.read(Array(bytes[head.upperBound...])).compactMap { input in
            guard case .text(let text) = input else { return nil }
            return try JSONValue.parse(text)
        }
    }

    /// The messages that answer an event, and the messages of the turns after it.
    func ask(_ message: String) throws -> [JSONValue] {
        try play(turn(of: message))
    }

    private func turn(of message: String) -> SocketTurn {
        client.socket.routed(client.socket.turn(of: Array(message.utf8), isText: true))
    }

    private func play(_ turn: SocketTurn) throws -> [JSONValue] {
        let answer = client.socket.answer(to: turn, connection: 1, now: Moment(nanoseconds: 1_000))
        client.socket.ended(turn)
        var messages = try SocketClient.messages(answer)
        for next in client.socket.followUps() { messages += try play(next) }
        return messages
    }

    /// Ends the given number of pauses of a wait, and returns the messages of the turns after the last.
    func wait(_ wait: SocketWait, pauses: ClosedRange<Int>) throws -> [JSONValue] {
        for count in pauses { client.socket.waited(wait, pauses: count) }
        return try client.socket.followUps().flatMap { try play($0) }
    }

    /// Starts an answer that is not sent completely.
    func begin(_ message: String) -> (SocketTurn, PlannedExchange) {
        let turn = turn(of: message)
        return (turn, client.socket.answer(to: turn, connection: 1, now: Moment(nanoseconds: 1_000)))
    }

    /// Stops an answer by another event.
    func stop(_ turn: SocketTurn, sent: Int, _ message: String) throws -> [JSONValue] {
        client.socket.stopped(turn, sent: sent)
        client.socket.ended(turn)
        return try ask(message)
    }
}
