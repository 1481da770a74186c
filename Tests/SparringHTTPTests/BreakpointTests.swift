import SparringEngine
import SparringExchange
import SparringWire
import TestSupport
import Testing

@testable import SparringHTTP

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Tests answers that a breakpoint holds, on bare sockets.
@Suite("Held answers", .timeLimit(.minutes(20)))
struct BreakpointTests {
    static let stream = FaultExhibit.request(on: .stream)
    static let request = FaultTranscriptTests.bytes(of: stream)
    static let end = "0\r\n\r\n"

    private static func engine() -> Engine { FaultExhibit.engine(nil, on: .stream) }

    /// The timeline of the first exchange, without the events of its request.
    private static func play(_ engine: Engine) throws -> [String] {
        try #require(engine.sessions.existing("default")?.endedExchanges.first).timeline.play
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var point: Fault.Point
        /// The last bytes that the client has received while the answer is held; empty for no bytes.
        var beforeHold: String
        var testDescription: String { "\(point)" }
    }

    @Test(
        "A held answer sends the bytes before its point, and the rest after its release",
        arguments: [
            Row(point: .start, beforeHold: ""), Row(point: .head, beforeHold: "\r\n\r\n"),
            Row(point: .event(2), beforeHold: "\n\n\r\n"), Row(point: .content(3), beforeHold: "\n\n\r\n"),
        ])
    func released(row: Row) async throws {
        let engine = Self.engine()
        _ = engine.sessions.breakpoints.set(Breakpoint(session: "default", at: row.point))
        try await Fixture.with(responder: engine) { server in
            let port = server.port
            let text = try await blocking {
                let client = try RawSocket(port: port)
                try client.send(Self.request)
                engine.sessions.breakpoints.waitUntilHeld(1)
                let before = row.beforeHold.isEmpty ? "" : client.receiveText(endingWith: row.beforeHold).text
                #expect(!before.hasSuffix(Self.end) && before.hasSuffix(row.beforeHold))
                #expect(engine.sessions.breakpoints.release(session: "default") == [1])
                return before + client.receiveText(endingWith: Self.end).text
            }
            // The bytes are the same as those of an answer that was not held.
            let whole = Self.engine().respond(to: Self.stream, connection: 1, now: Moment(nanoseconds: 0)).script
            #expect(text == String(decoding: whole.bytes, as: UTF8.self))
        }
        let play = try Self.play(engine)
        let held = try #require(play.firstIndex(of: "held at \(row.point)"))
        #expect(play[held + 1] == "released: it was let go" && play.last == "ended keep_alive")
        #expect(engine.sessions.breakpoints.held.isEmpty && engine.sessions.breakpoints.all.isEmpty)
    }

    @Test("An answer that is dropped at a breakpoint resets its connection, and sends no more bytes")
    func dropped() async throws {
        let engine = Self.engine()
        _ = engine.sessions.breakpoints.set(Breakpoint(session: "default", at: .event(2)))
        try await Fixture.with(responder: engine) { server in
            let port = server.port
            let received = try await blocking {
                let client = try RawSocket(port: port)
                try client.send(Self.request)
                engine.sessions.breakpoints.waitUntilHeld(1)
                engine.sessions.breakpoints.release(session: "default", .reset)
                return client.receiveText()
            }
            #expect(received.end == .reset && !received.text.contains("[DONE]"))
        }
        #expect(try Self.play(engine).last == "ended reset")
    }

    @Test("A hold ends after its limit, and the answer continues")
    func limit() async throws {
        let engine = Self.engine()
        let point = Breakpoint(session: "default", at: .head, limit: .milliseconds(1))
        _ = engine.sessions.breakpoints.set(point)
        try await Fixture.with(responder: engine) { server in
            let port = server.port
            let text = try await blocking {
                let client = try RawSocket(port: port)
                try client.send(Self.request)
                return client.receiveText(endingWith: Self.end).text
            }
            #expect(text.hasSuffix(Self.end))
        }
        let exchange = try #require(engine.sessions.existing("default")?.endedExchanges.first)
        #expect(exchange.timeline.play.contains("released: its limit of 1ms was over"))
        #expect(exchange.heldFor.map { $0 >= .milliseconds(1) } == true)
    }

    @Test("A client that disconnects ends the hold of its answer, and the exchange ends")
    func left() async throws {
        let engine = Self.engine()
        _ = engine.sessions.breakpoints.set(Breakpoint(session: "default"))
        try await Fixture.with(responder: engine) { server in
            let port = server.port
            try await blocking {
                do {
                    let client = try RawSocket(port: port)
                    try client.send(Self.request)
                    engine.sessions.breakpoints.waitUntilHeld(1)
                }
                engine.sessions.breakpoints.waitUntilHeld(0)
            }
            await server.connections.untilEmpty()
        }
        let play = try Self.play(engine)
        #expect(play.prefix(3) == ["held at start", "gone: closed its side", "released: the client closed its side"])
    }

    @Test("A server that stops releases held answers, and their clients get the rest")
    func stopped() async throws {
        let engine = Self.engine()
        _ = engine.sessions.breakpoints.set(Breakpoint(session: "default", at: .head))
        try await Fixture.with(responder: engine) { server in
            let client = try await blocking { [port = server.port] in
                let client = try RawSocket(port: port)
                try client.send(Self.request)
                engine.sessions.breakpoints.waitUntilHeld(1)
                return client
            }
            await server.stop(grace: .seconds(600))
            let text = try await blocking { client.receiveText(endingWith: Self.end).text }
            #expect(text.hasSuffix(Self.end))
        }
        #expect(try Self.play(engine).contains("released: the server is stopping"))
    }

    @Test("While one answer is held, other answers of its session are sent")
    func others() async throws {
        let engine = Self.engine()
        _ = engine.sessions.breakpoints.set(Breakpoint(session: "default"))
        try await Fixture.with(responder: engine) { server in
            let port = server.port
            try await blocking {
                let (held, free) = (try RawSocket(port: port), try RawSocket(port: port))
                try held.send(Self.request)
                engine.sessions.breakpoints.waitUntilHeld(1)
                try free.send(Self.request)
                #expect(free.receiveText(endingWith: Self.end).text.hasSuffix(Self.end))
                engine.sessions.breakpoints.release(session: "default", number: 1)
                #expect(held.receiveText(endingWith: Self.end).text.hasSuffix(Self.end))
            }
        }
    }

    @Test(
        "In HTTP/2, a breakpoint holds one stream of a connection, and other streams continue",
        arguments: [(HoldEnd.go, "DATA 1 "), (.reset, "RST_STREAM 1 ")])
    func streams(end: HoldEnd, last: String) async throws {
        let engine = Self.engine()
        _ = engine.sessions.breakpoints.set(Breakpoint(session: "default", at: .event(1)))
        try await Fixture.with(responder: engine, http2: true) { server in
            let port = server.port
            try await blocking {
                let client = try FrameClient(port: port)
                try Self.ask(1, client)
                engine.sessions.breakpoints.waitUntilHeld(1)
                try Self.ask(3, client)
                _ = try client.receive { $0.hasPrefix("DATA 3 ") && $0.hasSuffix("end") }
                let isHeld = client.bodies[1].map { $0.count < (client.bodies[3]?.count ?? 0) } ?? false
                #expect(isHeld && client.heads[1] != nil)
                engine.sessions.breakpoints.release(session: "default", end)
                let words = try client.receive { word in
                    word.hasPrefix(last) && (end == .reset || word.hasSuffix("end"))
                }
                #expect(words.last?.hasPrefix(last) == true, "\(words)")
                try Self.ask(5, client)
                let next = try client.receive { $0.hasPrefix("DATA 5 ") && $0.hasSuffix("end") }
                #expect(next.last?.hasSuffix("end") == true, "\(next)")
            }
        }
    }

    @Test("A client that cancels its HTTP/2 stream ends the hold")
    func cancelled() async throws {
        let engine = Self.engine()
        _ = engine.sessions.breakpoints.set(Breakpoint(session: "default"))
        try await Fixture.with(responder: engine, http2: true) { server in
            let port = server.port
            try await blocking {
                let client = try FrameClient(port: port)
                try Self.ask(1, client)
                engine.sessions.breakpoints.waitUntilHeld(1)
                try client.send(FrameClient.Frame(type: 3, stream: 1, payload: [0, 0, 0, 8]))
                engine.sessions.breakpoints.waitUntilHeld(0)
                try Self.ask(3, client)
                _ = try client.receive { $0.hasPrefix("DATA 3 ") && $0.hasSuffix("end") }
            }
        }
        #expect(try Self.play(engine).contains("released: the client had disconnected"))
    }

    private static func ask(_ number: Int, _ client: FrameClient) throws {
        let fields = stream.headers.fields.filter { $0.name != "host" }.map { ($0.name, $0.value) }
        try client.ask(number, stream.target, method: "POST", fields: fields, isWhole: false)
        try client.send(FrameClient.Frame(type: 0, flags: 1, stream: number, payload: stream.body))
    }
}

extension Breakpoints {
    /// Blocks until this number of answers is held.
    fileprivate func waitUntilHeld(_ count: Int) { while held.count != count { sched_yield() } }
}
