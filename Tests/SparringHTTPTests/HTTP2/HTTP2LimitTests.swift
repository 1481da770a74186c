import SparringExchange
import SparringWire
import TestSupport
import Testing

@testable import SparringHTTP

@Suite("Limits of HTTP/2", .timeLimit(.minutes(20)))
struct HTTP2LimitTests {
    private static let limits: ConnectionLimits = {
        var limits = ConnectionLimits.patient
        (limits.headBytes, limits.bodyBytes, limits.concurrentStreams) = (20_000, 1000, 3)
        return limits
    }()

    private static func body(_ count: Int, of stream: Int, isLast: Bool = true) -> FrameClient.Frame {
        FrameClient.Frame(type: 0, flags: isLast ? 1 : 0, stream: stream, payload: [UInt8](repeating: 97, count: count))
    }

    @Test("A request over a limit or with a wrong length is answered, and the connection stays usable")
    func problems() async throws {
        let answer = WireScript.steps([.text("HTTP/2 200\r\n\r\nfine", .done), .step(.end(.keepAlive))])
        let responder = ProblemResponder(answer)
        try await Fixture.with(responder: responder, limits: Self.limits, http2: true) { server in
            let port = server.port
            try await blocking {
                let client = try FrameClient(port: port)
                try client.ask(1, "/", fields: [("x-large", String(repeating: "x", count: 21_000))])
                #expect(try client.receive { $0.hasSuffix("end") }.last == "DATA 1 4 end")
                try client.ask(3, "/", method: "POST", isWhole: false)
                try client.send(Self.body(600, of: 3, isLast: false))
                try client.send(Self.body(600, of: 3))
                #expect(try client.receive { $0.hasSuffix("end") }.last == "DATA 3 4 end")
                try client.ask(5, "/", method: "POST", fields: [("content-length", "12")], isWhole: false)
                try client.send(Self.body(10, of: 5))
                #expect(try client.receive { $0.hasSuffix("end") }.last == "DATA 5 4 end")
                try client.ask(7, "/", method: "POST", fields: [("content-length", "10")], isWhole: false)
                try client.send(Self.body(10, of: 7))
                #expect(try client.receive { $0.hasSuffix("end") }.last == "DATA 7 4 end")
            }
        }
        #expect(
            responder.problems == [
                .headTooLarge(limit: 20_000), .bodyTooLarge(limit: 1000),
                .malformed("content-length is 12, but the body has 10 bytes"),
            ])
    }

    @Test("A client with too many streams gets GOAWAY with PROTOCOL_ERROR")
    func concurrentStreams() async throws {
        let hang = WireScript.steps([.text("HTTP/2 200\r\n\r\n", .head), .step(.end(.hang(nil)))])
        try await Fixture.with(["/hang": hang], limits: Self.limits, http2: true) { fixture in
            let port = fixture.server.port
            let (settings, heads, rest) = try await blocking {
                let client = try FrameClient(port: port)
                for stream in [1, 3, 5] { try client.ask(stream, "/hang") }
                // The heads arrive in any order, but all of them before the stream over the limit begins.
                let heads = try client.receive { _ in client.heads.count == 3 }.afterSettings
                try client.ask(7, "/hang")
                return (client.settings, heads, try client.receive { _ in false })
            }
            #expect(settings.contains("3=3"))
            #expect(Set(heads) == ["HEADERS 1 200", "HEADERS 3 200", "HEADERS 5 200"])
            #expect(rest.first == "GOAWAY 2147483647 PROTOCOL_ERROR" && rest.last == "finished", "\(rest)")
            // The streams that have begun end in any order.
            let left = rest.dropFirst().dropLast()
            #expect(left.sorted() == ["RST_STREAM 1 CANCEL", "RST_STREAM 3 CANCEL", "RST_STREAM 5 CANCEL"])
            for play in await fixture.responder.ended(3).map(\.timeline.play) {
                #expect(play.contains { $0.hasPrefix("gone: broke the connection") }, "\(play)")
            }
        }
    }

    /// The number of streams that have begun when the last one arrives depends on how the bytes reach the server.
    @Test("A client that begins one HTTP/2 stream too many loses all its streams")
    func concurrentStreamsAtOnce() async throws {
        let hang = WireScript.steps([.text("HTTP/2 200\r\n\r\n", .head), .step(.end(.hang(nil)))])
        try await Fixture.with(["/hang": hang], limits: Self.limits, http2: true) { fixture in
            let port = fixture.server.port
            let frames = try await blocking {
                let client = try FrameClient(port: port)
                for stream in [1, 3, 5, 7] { try client.ask(stream, "/hang") }
                return try client.receive { _ in false }.afterSettings
            }
            let goAway = frames.firstIndex(of: "GOAWAY 2147483647 PROTOCOL_ERROR")
            let place = try #require(goAway, "\(frames)")
            #expect(frames.last == "finished")
            let heads: Set = ["HEADERS 1 200", "HEADERS 3 200", "HEADERS 5 200"]
            let left: Set = ["RST_STREAM 1 CANCEL", "RST_STREAM 3 CANCEL", "RST_STREAM 5 CANCEL"]
            #expect(heads.isSuperset(of: frames[..<place]), "\(frames)")
            #expect(left.isSuperset(of: frames[(place + 1)...].dropLast()), "\(frames)")
        }
    }

    @Test("h2_stall keeps the window closed, forever or for its duration", arguments: [nil, 50])
    func stalledWindow(milliseconds: Int?) async throws {
        let kind = try #require(ConnectionFaults.all.map(\.kind).first { $0.name == "h2_stall" })
        let wait = milliseconds.map { [FaultValue.duration(.milliseconds($0))] } ?? []
        let plan = ListenerPlan(sequence: [[Fault(at: .connection, .action(Fault.Action(kind, [.size(10)] + wait)))]])
        let responder = ScriptedResponder(["/": .steps([.text("HTTP/2 200\r\n\r\n.", .done), .step(.end(.keepAlive))])])
        try await Fixture.with(responder: responder, plan: plan, http2: true) { server in
            let port = server.port
            let frames = try await blocking {
                let client = try FrameClient(port: port)
                var frames = [client.settings]
                try client.ask(1, "/", method: "POST", isWhole: false)
                // Sends all bytes that the server's window allows; a real client would wait here.
                try client.send(Self.body(10, of: 1, isLast: false))
                // A stall without an end is checked for one second after everything else has arrived.
                frames += try client.receive(quietWhen: { _ in milliseconds == nil }) { $0.hasPrefix("SETTINGS 4") }
                return frames
            }
            #expect(frames.first?.contains("4=10") == true)
            #expect(!frames.contains { $0.hasPrefix("WINDOW_UPDATE 1") } || milliseconds != nil)
            #expect(frames.last == (milliseconds == nil ? "open" : "SETTINGS 4=65535"))
        }
    }

    @Test("A stalled upload gets no window for its stream until the stall is over")
    func stalledUpload() async throws {
        let responder = StallResponder()
        try await Fixture.with(responder: responder, http2: true) { server in
            let port = server.port
            let frames = try await blocking {
                let client = try FrameClient(port: port)
                try client.ask(1, "/", method: "POST", fields: [("x-sparring-fault", "y")], isWhole: false)
                for _ in 0..<3 { try client.send(Self.body(16_000, of: 1, isLast: false)) }
                var frames = try client.receive { $0.hasPrefix("WINDOW_UPDATE 1") }
                try client.send(Self.body(16_000, of: 1))
                frames += try client.receive { $0.hasSuffix("end") }
                return frames
            }
            #expect(frames.last == "DATA 1 5 end")
        }
        let (start, end) = try #require(responder.times)
        #expect(end - start >= .milliseconds(100))
    }
}
