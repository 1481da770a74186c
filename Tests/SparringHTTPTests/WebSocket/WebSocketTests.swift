import SparringEngine
import SparringExchange
import SparringScenario
import SparringWire
import TestSupport
import Testing

@testable import SparringHTTP

/// Tests sockets of an engine on bare connections.
@Suite("WebSockets on the wire", .timeLimit(.minutes(20)))
struct WebSocketTests {
    private static func engine(_ rules: String = "otherwise: auto") throws -> Engine {
        let text = "schema: 1\nscenario: sockets\n\(rules)\n"
        return Engine(
            scenario: try ScenarioLoader.load(text: text, file: "s.yaml", errors: .api).get(),
            wallClock: { 1_795_232_605 })
    }

    private static func handshake(_ target: String, _ fields: [String] = []) -> String {
        Fixture.get(
            target,
            [
                "Host: x", "Authorization: Bearer x", "Connection: Upgrade", "Upgrade: websocket",
                "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            ] + fields)
    }

    private static let create = #"{"type":"response.create","model":"gpt-4o-mini","input":"Hello"}"#

    /// A connected socket.
    private static func connect(
        _ port: Int, _ target: String = "/v1/responses", _ fields: [String] = []
    ) throws -> RawSocket {
        let client = try RawSocket(port: port)
        try client.send(handshake(target, fields))
        let head = client.receiveBytes(endingWith: "\r\n\r\n").bytes
        #expect(head.starts(with: Array("HTTP/1.1 101 ".utf8)))
        return client
    }

    private static func send(_ frame: SocketFrame, on client: RawSocket) throws {
        var frame = frame
        frame.mask = [1, 2, 3, 4]
        try client.send(frame.bytes)
    }

    private static func text(_ text: String) -> SocketFrame { .text(Array(text.utf8)) }

    /// Returns the received inputs until `isEnough` is true, or until the server disconnects.
    private static func receive(
        _ client: RawSocket, until isEnough: (SocketReader.Input) -> Bool
    ) -> [SocketReader.Input] {
        var reader = SocketReader(from: .server, limit: 1 << 24)
        var inputs: [SocketReader.Input] = []
        while true {
            let bytes = client.receiveSome()
            let new = reader.read(bytes)
            inputs += new
            if bytes.isEmpty || new.contains(where: isEnough) { return inputs }
        }
    }

    private static func isLast(_ input: SocketReader.Input) -> Bool {
        guard case .text(let message) = input else { return false }
        return String(decoding: message, as: UTF8.self).contains("\"type\":\"response.completed\"")
    }

    @Test("Several turns are answered on one socket, and the client's Close frame is echoed before FIN")
    func turns() async throws {
        let engine = try Self.engine()
        try await Fixture.with(responder: engine) { server in
            let port = server.port
            try await blocking {
                let client = try Self.connect(port)
                for _ in 0..<3 {
                    try Self.send(Self.text(Self.create), on: client)
                    #expect(Self.receive(client, until: Self.isLast).last.map(Self.isLast) == true)
                }
                try Self.send(.close(SocketClose(1000, "done")), on: client)
                let rest = client.receiveBytes()
                #expect(rest.bytes == SocketFrame.close(SocketClose(1000)).bytes && rest.end == .finished)
            }
        }
        let exchanges = try #require(engine.sessions.existing("default")?.endedExchanges)
        #expect(exchanges.filter { $0.request.event == "response.create" }.count == 3)
        let opening = try #require(exchanges.first { $0.decision.status == 101 })
        #expect(opening.departures == ["the client closed the WebSocket with 1000 (done)"])
    }

    @Test("Turns that are sent at once are answered in order, in frames that arrive with the handshake or byte by byte")
    func pipelined() async throws {
        let engine = try Self.engine("rules:\n  - steps: [{ text: one }, { text: two }]")
        try await Fixture.with(responder: engine) { server in
            let port = server.port
            try await blocking {
                var frame = Self.text(Self.create)
                frame.mask = [9, 8, 7, 6]
                let client = try Self.connect(port)
                for byte in frame.bytes + frame.bytes { try client.send([byte]) }
                var seen = 0
                let inputs = Self.receive(client) { input in
                    if Self.isLast(input) { seen += 1 }
                    return Self.contains("two", input) && Self.isLast(input)
                }
                let lasts = inputs.filter(Self.isLast)
                #expect(lasts.count == 2)
                #expect(lasts.first.map { Self.contains("one", $0) } == true)
            }
        }
    }

    private static func contains(_ text: String, _ input: SocketReader.Input) -> Bool {
        guard case .text(let message) = input else { return false }
        return String(decoding: message, as: UTF8.self).contains(text)
    }

    @Test("A Ping gets a Pong with its payload, also during an answer")
    func pong() async throws {
        try await Fixture.with(responder: try Self.engine("rules:\n  - text: slow\n    faults: [hang at event 1]")) {
            server in
            let port = server.port
            try await blocking {
                let client = try Self.connect(port)
                try Self.send(Self.text(Self.create), on: client)
                try Self.send(SocketFrame(.ping, [1, 2, 3]), on: client)
                let inputs = Self.receive(client) { $0 == .pong([1, 2, 3]) }
                #expect(inputs.contains(.pong([1, 2, 3])))
            }
        }
    }

    @Test("A fault that pauses inside a frame delays Pongs and other lanes until the frame is complete")
    func insideFrame() async throws {
        let rules = "rules:\n  - steps: [{ text: one, faults: [stall 300ms at event 1 + 5 bytes] }, { text: two }]"
        try await Fixture.with(responder: try Self.engine(rules)) { server in
            let port = server.port
            try await blocking {
                let client = try Self.connect(port)
                try Self.send(Self.text(Self.create), on: client)
                client.awaitByte()
                try Self.send(SocketFrame(.ping, [5]), on: client)
                try Self.send(Self.text(Self.create.replacing("input", with: "stream_id\":\"b\",\"input")), on: client)
                var lasts = 0
                let inputs = Self.receive(client) { input in
                    if Self.isLast(input) { lasts += 1 }
                    return lasts >= 2
                }
                #expect(inputs.contains(.pong([5])))
                #expect(inputs.filter(Self.isLast).count == 2)
                #expect(!inputs.contains { if case .violation = $0 { true } else { false } })
            }
        }
    }

    @Test("A lane that hangs does not delay another lane")
    func lanes() async throws {
        let rules = "rules:\n  - steps: [{ text: one, faults: [hang at event 2] }, { text: two }]"
        try await Fixture.with(responder: try Self.engine(rules)) { server in
            let port = server.port
            try await blocking {
                let client = try Self.connect(port)
                for lane in ["a", "b"] {
                    let message = Self.create.replacing("input", with: "stream_id\":\"\(lane)\",\"input")
                    try Self.send(Self.text(message), on: client)
                }
                let inputs = Self.receive(client, until: Self.isLast)
                #expect(inputs.last.map { Self.contains("\"stream_id\":\"b\"", $0) } == true)
            }
        }
    }

    @Test("A lane beyond the limit of lanes begins when another lane has ended")
    func laneLimit() async throws {
        var limits = ConnectionLimits.patient
        limits.concurrentStreams = 2
        let rules = "rules:\n  - text: one\n    times: forever\n    stream: { every: 50ms }"
        try await Fixture.with(responder: try Self.engine(rules), limits: limits) { server in
            let port = server.port
            try await blocking {
                let client = try Self.connect(port)
                for lane in ["a", "b", "c"] {
                    let message = Self.create.replacing("input", with: "stream_id\":\"\(lane)\",\"input")
                    try Self.send(Self.text(message), on: client)
                }
                let inputs = Self.receive(client) { Self.contains("\"stream_id\":\"c\"", $0) && Self.isLast($0) }
                let begin = try #require(inputs.firstIndex { Self.contains("\"stream_id\":\"c\"", $0) })
                #expect(inputs[..<begin].contains(where: Self.isLast))
            }
        }
    }

    @Test("A frame that breaks the protocol ends the socket with a Close frame that gives the reason")
    func violation() async throws {
        let engine = try Self.engine()
        try await Fixture.with(responder: engine) { server in
            let port = server.port
            try await blocking {
                let client = try Self.connect(port)
                try client.send(SocketFrame(.text, [0x61]).bytes)
                var reader = SocketReader(from: .server, limit: 1000)
                let (bytes, end) = client.receiveBytes()
                guard case .close(let close?)? = reader.read(bytes).first else {
                    return #expect(Bool(false), "no Close frame")
                }
                #expect(close.code == 1002 && end == .finished)
            }
        }
    }

    @Test("A client that disconnects without a Close frame is reported")
    func gone() async throws {
        let engine = try Self.engine()
        try await Fixture.with(responder: engine) { server in
            let port = server.port
            try await blocking { _ = try Self.connect(port) }
            while engine.sessions.existing("default")?.endedExchanges.isEmpty ?? true { await Task.yield() }
        }
        let opening = try #require(engine.sessions.existing("default")?.endedExchanges.first)
        #expect(opening.departures == ["the client closed the connection without a Close frame"])
    }

    @Test(
        "A handshake ends together with a socket that a fault ends",
        arguments: ["socket_close+1011", "fin", "reset"])
    func faultEndsHandshake(fault: String) async throws {
        let engine = try Self.engine()
        try await Fixture.with(responder: engine) { server in
            let port = server.port
            try await blocking {
                let client = try Self.connect(port, "/f/\(fault)+at+event+2/v1/responses")
                try Self.send(Self.text(Self.create), on: client)
                _ = client.receiveBytes()
            }
        }
        let exchanges = try #require(engine.sessions.existing("default")?.endedExchanges)
        let opening = try #require(exchanges.first { $0.decision.status == 101 })
        #expect(!opening.isRunning && opening.departures.isEmpty)
    }

    @Test("A half-open socket sends nothing more: no Pong, no Close frame, no FIN")
    func halfOpen() async throws {
        try await Fixture.with(responder: try Self.engine()) { server in
            let port = server.port
            try await blocking {
                let client = try Self.connect(port, "/f/socket_half_open+at+event+2/v1/responses")
                try Self.send(Self.text(Self.create), on: client)
                var count = 0
                _ = Self.receive(client) { _ in
                    count += 1
                    return count >= 2
                }
                try Self.send(SocketFrame(.ping, [1]), on: client)
                let quiet = client.receiveBytes(quietAfter: 0)
                #expect(quiet.bytes.isEmpty && quiet.end == .open)
            }
        }
    }

    @Test("A stopping server sends a Close frame with 1001 to an idle socket")
    func stops() async throws {
        try await Fixture.with(responder: try Self.engine()) { server in
            let port = server.port
            let client = try await blocking { try Self.connect(port) }
            await server.stop(grace: .seconds(60))
            try await blocking {
                var reader = SocketReader(from: .server, limit: 1000)
                guard case .close(let close?)? = reader.read(client.receiveBytes().bytes).first else {
                    return #expect(Bool(false), "no Close frame")
                }
                #expect(close.code == 1001)
            }
        }
    }

    @Test("The server stops reading from a client that sends turns and Pings and does not read")
    func neverReads() async throws {
        let engine = try Self.engine(
            "rules:\n  - text: \(String(repeating: "word ", count: 40_000))\n    times: forever")
        try await Fixture.with(responder: engine) { server in
            let port = server.port
            let blocked = try await blocking {
                let client = try RawSocket(port: port, receiveBuffer: 4096, deadline: .seconds(5))
                try client.send(Self.handshake("/v1/responses"))
                client.awaitByte()
                var frame = Self.text(Self.create.replacing("Hello", with: String(repeating: "x", count: 60_000)))
                frame.mask = [1, 2, 3, 4]
                let once = frame.bytes + Self.masked(SocketFrame(.ping, [1]))
                let all = Array(repeatElement(once, count: 400).joined())
                return try client.sendUntilBlocked(all) < all.count
            }
            #expect(blocked)
        }
    }

    private static func masked(_ frame: SocketFrame) -> [UInt8] {
        var frame = frame
        frame.mask = [0, 0, 0, 0]
        return frame.bytes
    }

    @Test("Compressed messages are answered, also one that refers to the message before")
    func compressed() async throws {
        let engine = try Self.engine()
        try await Fixture.with(responder: engine) { server in
            let port = server.port
            try await blocking {
                let client = try Self.connect(port, "/v1/responses", ["Sec-WebSocket-Extensions: permessage-deflate"])
                var reader = SocketReader(from: .server, limit: 1 << 20, allowsCompression: true)
                // Two messages with "Hello" (RFC 7692 §7.2.3.2). Neither message is JSON, so each of them is answered with an error.
                for payload in [[0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], [0xF2, 0x00, 0x11, 0x00, 0x00]] as [[UInt8]]
                {
                    var frame = SocketFrame(.text, payload)
                    frame.reserved = 4
                    try Self.send(frame, on: client)
                    var answer: [SocketReader.Input] = []
                    while answer.isEmpty {
                        let bytes = client.receiveSome()
                        guard !bytes.isEmpty else { return #expect(Bool(false), "a message has no answer") }
                        answer = reader.read(bytes)
                    }
                }
                try Self.send(.close(SocketClose(1000)), on: client)
                _ = client.receiveBytes()
            }
        }
        let exchanges = try #require(engine.sessions.existing("default")?.endedExchanges)
        let bodies = exchanges.map { String(decoding: $0.request.body, as: UTF8.self) }
        #expect(bodies.filter { $0 == "Hello" }.count == 2)
    }

    @Test("An answer is compressed, and one with faults is not", arguments: [false, true])
    func compressedAnswer(hasFault: Bool) async throws {
        let rules = "rules:\n  - text: One two.\n    faults: [\(hasFault ? "stall 1ms at event 2" : "")]"
        try await Fixture.with(responder: try Self.engine(rules)) { server in
            let port = server.port
            try await blocking {
                let client = try Self.connect(port, "/v1/responses", ["Sec-WebSocket-Extensions: permessage-deflate"])
                try Self.send(Self.text(Self.create), on: client)
                var reader = SocketReader(from: .server, limit: 1 << 20, allowsCompression: true)
                var (isOver, count) = (false, 0)
                while !isOver {
                    let bytes = client.receiveSome()
                    guard !bytes.isEmpty else { return #expect(Bool(false), "the answer has no end") }
                    for input in reader.read(bytes) {
                        count += 1
                        guard case .compressed(let payload, let isText) = input else {
                            #expect(hasFault)
                            isOver = isOver || Self.isLast(input)
                            continue
                        }
                        let message = try MessageInflater(limit: 1 << 20).inflated(payload)
                        #expect(!hasFault && isText)
                        isOver = isOver || Self.isLast(.text(message))
                    }
                }
                #expect(count > 5)
            }
        }
    }

    @Test("A compressed message that inflates above the limit ends the socket with 1009")
    func bomb() async throws {
        var limits = ConnectionLimits.patient
        limits.bodyBytes = 10_000
        try await Fixture.with(responder: try Self.engine(), limits: limits) { server in
            let port = server.port
            try await blocking {
                let client = try Self.connect(port, "/v1/responses", ["Sec-WebSocket-Extensions: permessage-deflate"])
                var frame = SocketFrame(
                    .text, MessageDeflater().compressed([UInt8](repeating: 0x20, count: 10_001)) ?? [])
                frame.reserved = 4
                #expect(frame.payload.count < 100)
                try Self.send(frame, on: client)
                var reader = SocketReader(from: .server, limit: 1000)
                guard case .close(let close?)? = reader.read(client.receiveBytes().bytes).first else {
                    return #expect(Bool(false), "no Close frame")
                }
                #expect(close.code == 1009)
            }
        }
    }
}
