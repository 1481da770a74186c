import SparringWire
import TestSupport
import Testing

@testable import SparringHTTP

/// A client of a Realtime session that chooses what it sends in one write.
final class RealtimeWire {
    private let socket: RawSocket
    private var reader = SocketReader(from: .server, limit: 1 << 24)
    /// Messages that arrived together with an earlier one.
    private var waiting: [String] = []

    private static let handshake = Fixture.get(
        "/v1/realtime?model=gpt-realtime",
        [
            "Host: x", "Authorization: Bearer x", "Connection: Upgrade", "Upgrade: websocket",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ])

    init(port: Int) throws {
        socket = try RawSocket(port: port)
        try socket.send(Self.handshake)
        // The session's first event may arrive together with the head.
        var bytes: [UInt8] = []
        var end: Int?
        while end == nil {
            let more = socket.receiveSome()
            try #require(!more.isEmpty)
            bytes += more
            end = bytes.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound
        }
        #expect(bytes.starts(with: Array("HTTP/1.1 101 ".utf8)))
        read(Array(bytes[(end ?? 0)...]))
    }

    func send(_ events: [String]) throws {
        let frames = events.map { event in
            var frame = SocketFrame.text(Array(event.utf8))
            frame.mask = [1, 2, 3, 4]
            return frame.bytes
        }
        try socket.send(Array(frames.joined()))
    }

    /// The messages up to the first of this type, or until the server disconnects.
    func receive(until type: String) -> [String] {
        var messages: [String] = []
        while true {
            while !waiting.isEmpty {
                messages.append(waiting.removeFirst())
                if messages.last?.contains("\"type\":\"\(type)\"") == true { return messages }
            }
            let bytes = socket.receiveSome()
            if bytes.isEmpty { return messages }
            read(bytes)
        }
    }

    private func read(_ bytes: [UInt8]) {
        for case .text(let message) in reader.read(bytes) {
            waiting.append(String(decoding: message, as: UTF8.self))
        }
    }
}
