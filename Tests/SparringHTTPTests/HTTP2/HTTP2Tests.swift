import SparringExchange
import SparringWire
import TestSupport
import Testing

@testable import SparringHTTP

@Suite("HTTP/2", .timeLimit(.minutes(20)))
struct HTTP2Tests {
    private static func talk<Result: Sendable>(
        _ server: HTTPServer, window: Int? = nil,
        _ body: @escaping @Sendable (FrameClient) throws -> Result
    ) async throws -> Result {
        let port = server.port
        return try await blocking { try body(FrameClient(port: port, window: window)) }
    }

    private static let head = "HTTP/2 200\r\nX-A: 1\r\n\r\n"

    /// A script with the head and the body in pieces, then an ending.
    private static func script(_ ending: Ending, _ steps: [WireScript.Piece] = []) -> WireScript {
        .steps(
            [.text(head, .head), .text("one ", .event(1))] + steps + [.text("two", .event(2)), .step(.end(ending))])
    }

    @Test("One port answers HTTP/1.1, and HTTP/2 after its preface, even if the preface is cut at any place")
    func bothOnOnePort() async throws {
        try await Fixture.with(["/": Self.script(.keepAlive)], http2: true) { fixture in
            let plain = try await fixture.talk { client in
                try client.send(Fixture.get("/plain"))
                return client.receiveText(endingWith: ".").text
            }
            #expect(plain == "GET /plain 1.1 [] .")
            for cut in [1, 2, 3, 4, 20] {
                let frames = try await fixture.talk { client in
                    try client.send(Array(FrameClient.preface[..<cut]))
                    try client.send(Array(FrameClient.preface[cut...]) + FrameClient.Frame(type: 4).bytes)
                    return client.receiveBytes(count: 9).bytes
                }
                #expect(frames.dropFirst(3).first == 4, "SETTINGS comes first")
            }
        }
    }

    @Test("An HTTP/2 stream gets its answer as HEADERS and DATA, with END_STREAM on the last frame")
    func answer() async throws {
        try await Fixture.with(["/": Self.script(.keepAlive)], http2: true) { fixture in
            let (frames, head, body) = try await Self.talk(fixture.server) { client in
                try client.ask(1, "/", fields: [("x-b", "2")])
                let frames = try client.receive { $0.hasSuffix("end") }
                return (frames.afterSettings, client.heads[1], client.bodies[1])
            }
            #expect(frames == ["HEADERS 1 200", "DATA 1 7 end"])
            #expect(head == [":status: 200", "x-a: 1"] && body == Array("one two".utf8))
            let ended = try #require(await fixture.responder.ended(1).first)
            #expect(ended.request.version == .http2 && ended.request.words == "GET / 2 [host=test,x-b=2] ")
            #expect(
                ended.timeline.words == [
                    "request start", "request head", "request end", "decided", "accepted event(2)", "ended keep_alive",
                ])
        }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var ending: Ending
        /// The frames that follow the two events of the stream.
        var frames: [String]
        var play: [String]
        var testDescription: String { "\(ending)" }
    }

    static let rows = [
        Row(ending: .fin, frames: ["finished"], play: ["fault 0", "ended fin"]),
        Row(ending: .reset, frames: ["reset"], play: ["drained", "fault 0", "ended reset"]),
        Row(ending: .halfClose, frames: ["finished"], play: ["fault 0", "ended half_close"]),
        Row(
            ending: .hang(.milliseconds(50)), frames: ["finished"],
            play: ["fault 0", "ended \(Ending.hang(.milliseconds(50)))"]),
        Row(ending: .stream(7), frames: ["RST_STREAM 1 REFUSED_STREAM"], play: ["fault 0", "ended stream 7"]),
        Row(
            ending: .cut, frames: ["finished"],
            play: ["missed 0: the connection has no TLS; use fin or reset, which need no TLS", "ended fin"]),
    ]

    @Test("An ending of the connection closes it, and an ending of the stream leaves it open", arguments: rows)
    func endings(row: Row) async throws {
        let scripts = ["/": Self.script(row.ending, []).with(fault: 0), "/other": Self.script(.keepAlive)]
        try await Fixture.with(scripts, http2: true) { fixture in
            let frames = try await Self.talk(fixture.server) { client in
                try client.ask(1, "/")
                let frames = try client.receive { $0.hasPrefix("RST") }
                guard case .stream = row.ending else { return frames.afterSettings }
                // The connection still serves requests.
                try client.ask(3, "/other")
                #expect(try client.receive { $0.hasSuffix("end") }.last == "DATA 3 7 end")
                return frames.afterSettings
            }
            #expect(frames == ["HEADERS 1 200", "DATA 1 7"] + row.frames)
            let timeline = await fixture.responder.ended("/")
            #expect(timeline.play == ["accepted event(2)"] + row.play)
        }
    }

    @Test("Streams overtake each other, and a stream reset by the client is recorded with its code")
    func multiplexing() async throws {
        let scripts = ["/hang": Self.script(.hang(nil)), "/": Self.script(.keepAlive)]
        try await Fixture.with(scripts, http2: true) { fixture in
            try await Self.talk(fixture.server) { client in
                try client.ask(1, "/hang")
                _ = try client.receive { $0.hasPrefix("DATA 1") }
                try client.ask(3, "/")
                #expect(try client.receive { $0.hasSuffix("end") }.afterSettings == ["HEADERS 3 200", "DATA 3 7 end"])
                try client.send(FrameClient.Frame(type: 3, stream: 1, payload: FrameClient.Frame.word(8)))
                try client.ask(5, "/")
                #expect(try client.receive { $0.hasSuffix("end") }.last == "DATA 5 7 end")
            }
            let timeline = await fixture.responder.ended("/hang")
            #expect(timeline.play == ["accepted event(2)", "gone: reset the stream (CANCEL)", "ended hang"])
        }
    }

    @Test("An ending of the connection ends the other answers on it, and their faults are missed")
    func bystanders() async throws {
        let waits = WireScript.steps([
            .text(Self.head, .head), .step(.pause(.seconds(600))), .step(.fault(0)), .text("late", .event(1)),
            .step(.end(.keepAlive)),
        ])
        try await Fixture.with(["/waits": waits, "/": Self.script(.fin)], http2: true) { fixture in
            try await Self.talk(fixture.server) { client in
                try client.ask(1, "/waits")
                _ = try client.receive { $0 == "HEADERS 1 200" }
                try client.ask(3, "/")
                #expect(try client.receive { _ in false }.last == "finished")
            }
            let timeline = await fixture.responder.ended("/waits")
            #expect(timeline.play == ["accepted head", "missed 0: the ending of another answer closed the connection"])
        }
    }

    @Test("A closed HTTP/2 window holds back the answer")
    func backPressure() async throws {
        try await Fixture.with(["/": Self.script(.keepAlive, [.step(.pause(.zero))])], http2: true) { fixture in
            let (before, after) = try await Self.talk(fixture.server, window: 4) { client in
                try client.ask(1, "/")
                let before = try client.receive { $0 == "DATA 1 4" }.afterSettings
                try client.send(FrameClient.Frame(type: 8, stream: 1, payload: FrameClient.Frame.word(2)))
                let more = try client.receive { $0 == "DATA 1 2" }
                try client.send(FrameClient.Frame(type: 8, stream: 1, payload: FrameClient.Frame.word(10)))
                return (before + more.afterSettings, try client.receive { $0.hasSuffix("end") }.afterSettings)
            }
            #expect(before.last == "DATA 1 2" && after == ["DATA 1 1 end"])
        }
    }

    @Test("A pause is as long as the script orders, and the server writes no byte before its end")
    func pause() async throws {
        let slow = Self.script(.keepAlive, [.step(.pause(.milliseconds(200)))])
        try await Fixture.with(["/slow": slow], http2: true) { fixture in
            let frames = try await Self.talk(fixture.server) { client in
                try client.ask(1, "/slow")
                return try client.receive { $0.hasSuffix("end") }.afterSettings
            }
            #expect(frames.last == "DATA 1 3 end")
            let writes = await fixture.responder.ended("/slow").entries.compactMap { entry in
                if case .accepted(_, let due) = entry.happening { (at: entry.at, due: due) } else { nil }
            }
            try #require(writes.count == 2)
            #expect(writes[1].due - writes[0].due == .milliseconds(200))
            #expect(writes.allSatisfy { $0.at >= $0.due })
        }
    }

    @Test("A pause of one HTTP/2 stream delays no other stream")
    func pauseOfOneStream() async throws {
        let endless = Self.script(.keepAlive, [.step(.pause(.seconds(3600)))])
        try await Fixture.with(["/slow": endless, "/": Self.script(.keepAlive)], http2: true) { fixture in
            try await Self.talk(fixture.server) { client in
                try client.ask(1, "/slow")
                #expect(try client.receive { $0.hasPrefix("DATA 1") }.last == "DATA 1 4")
                try client.ask(3, "/")
                #expect(try client.receive { $0.hasSuffix("end") }.last == "DATA 3 7 end")
            }
        }
    }

    @Test("A script that closes on the next request closes when the next stream begins")
    func closeIdle() async throws {
        let script = WireScript.steps([
            .text(Self.head + "whole", .done), .step(.fault(0)), .step(.await(.nextRequestByte, timeout: nil)),
            .step(.end(.fin)),
        ])
        try await Fixture.with(["/": script], http2: true) { fixture in
            let frames = try await Self.talk(fixture.server) { client in
                try client.ask(1, "/")
                let first = try client.receive { $0.hasSuffix("end") }.afterSettings
                try client.ask(3, "/again")
                return first + (try client.receive { _ in false })
            }
            #expect(frames.prefix(2) == ["HEADERS 1 200", "DATA 1 5 end"] && frames.last == "finished")
            #expect(await fixture.responder.ended("/").play == ["accepted done", "fault 0", "ended fin"])
        }
    }

    @Test("A stopping server sends GOAWAY with the last stream and ends hanging streams")
    func stop() async throws {
        try await Fixture.with(["/hang": Self.script(.hang(nil))], http2: true) { fixture in
            let port = fixture.server.port
            let client = try await blocking { () -> SendableClient in
                let client = try FrameClient(port: port)
                try client.ask(1, "/hang")
                _ = try client.receive { $0.hasPrefix("DATA 1") }
                return SendableClient(client)
            }
            await fixture.server.stop(grace: .seconds(10))
            let frames = try await blocking { try client.value.receive { _ in false } }
            #expect(frames.afterSettings == ["GOAWAY 1 NO_ERROR", "RST_STREAM 1 CANCEL", "finished"])
            #expect(await fixture.responder.ended("/hang").play.last == "ended hang")
        }
    }

    /// The value is passed from one thread to another, and never used by both at the same time.
    private final class SendableClient: @unchecked Sendable {
        let value: FrameClient
        init(_ value: FrameClient) { self.value = value }
    }
}

extension WireScript {
    /// The same script with a fault that takes effect with its ending.
    fileprivate func with(fault id: FaultID) -> WireScript {
        var script = self
        script.steps.insert(.fault(id), at: script.steps.count - 1)
        return script
    }
}
