import SparringExchange
import SparringWire
import TestSupport
import Testing

@testable import SparringHTTP

@Suite("Limits of HTTP/1", .timeLimit(.minutes(20)))
struct LimitTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var input: [UInt8]
        var answer: String

        init(_ name: String, _ input: String, _ answer: RequestProblem) {
            self.init(name, Array(input.utf8), answer)
        }

        init(_ name: String, _ input: [UInt8], _ answer: RequestProblem) {
            self.name = name
            self.input = input
            self.answer = "\(answer)."
        }

        var testDescription: String { name }
    }

    static let rows = [
        Row(
            "a head over the limit", "GET / HTTP/1.1\r\nA: \(String(repeating: "a", count: 1_000))\r\n\r\n",
            .headTooLarge(limit: 1000)
        ),
        Row(
            "a head that does not end", "GET / HTTP/1.1\r\nA: \(String(repeating: "a", count: 1_000))",
            .headTooLarge(limit: 1000)),
        Row("a target over the limit", "GET /\(String(repeating: "a", count: 70_000))", .headTooLarge(limit: 1000)),
        Row(
            "many empty lines", String(repeating: "\r\n", count: 1000) + "GET\r\n\r\n",
            .malformed("it does not begin with a request line")),
        Row("a length over the limit", "POST / HTTP/1.1\r\nContent-Length: 2001\r\n\r\n", .bodyTooLarge(limit: 2000)),
        Row(
            "a length over the limit, with an expectation",
            "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2001\r\n\r\n", .bodyTooLarge(limit: 2000)
        ),
        Row(
            "chunks over the limit",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n7d1\r\n\(String(repeating: "a", count: 2001))\r\n",
            .bodyTooLarge(limit: 2000)
        ),
        Row(
            "a chunk's line over the limit",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;\(String(repeating: "a", count: 1_000))",
            .headTooLarge(limit: 1000)
        ),
        Row(
            "trailers over the limit",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
                + String(repeating: "A: b\r\n", count: 200),
            .headTooLarge(limit: 1000)
        ),
        Row(
            "a length beyond 64 bits", "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
            .malformed("Content-Length is malformed or repeated")
        ),
        Row(
            "two lengths", "POST / HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi",
            .malformed("Content-Length is malformed or repeated")
        ),
        Row(
            "a length and chunks", "POST / HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
            .malformed("it has both Content-Length and Transfer-Encoding")
        ),
        Row(
            "a chunk size that is not a number", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            .malformed("a chunk size is malformed")
        ),
        Row("another version", "GET / HTTP/2.0\r\n\r\n", .malformed("the version is not HTTP/1.0 or HTTP/1.1")),
        Row(
            "the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            .malformed("the version is not HTTP/1.0 or HTTP/1.1")),
        Row("a TLS handshake", [0x16, 3, 1, 2, 0, 1, 0, 1], .malformed("it does not begin with a request line")),
        Row("a line without a colon", "GET / HTTP/1.1\r\nHost x\r\n\r\n", .malformed("a header line is malformed")),
        Row(
            "Latin-1 in a field", Array("GET / HTTP/1.1\r\nA: caf".utf8) + [0xE9] + Array("\r\n\r\n".utf8),
            .malformed("the head has bytes that are not UTF-8")
        ),
    ]

    @Test("A malformed or oversized request gets its error, and the connection ends with a FIN", arguments: rows)
    func problems(row: Row) async throws {
        try await Fixture.with(limits: Self.small) { fixture in
            let received = try await fixture.talk { client in
                try client.send(row.input)
                return client.receiveText()
            }
            #expect(received == RawSocket.Text(text: row.answer, end: .finished))
        }
    }

    @Test("A request exactly at each limit is accepted")
    func exact() async throws {
        try await Fixture.with(limits: Self.small) { fixture in
            let frame = "POST / HTTP/1.1\r\nContent-Length: 2000\r\nA: \r\n\r\n"
            let head = frame.replacing("A: ", with: "A: " + String(repeating: "a", count: 1000 - frame.utf8.count))
            #expect(head.utf8.count == 1000)
            for cut in [1, 500, 999, 1000, 1001, 2999] {
                let bytes = Array((head + String(repeating: "b", count: 2000)).utf8)
                try await fixture.talk { client in
                    try client.send(Array(bytes[..<cut]))
                    try client.send(Array(bytes[cut...]))
                    #expect(client.receiveText(endingWith: ".").text.hasSuffix("2000 bytes."))
                }
            }
        }
    }

    @Test("A head one byte over the limit is rejected even when it arrives byte by byte")
    func byteByByte() async throws {
        try await Fixture.with(limits: Self.small) { fixture in
            let text = "GET / HTTP/1.1\r\nA: \(String(repeating: "a", count: 978))\r\n\r\n"
            #expect(text.utf8.count == 1001)
            let received = try await fixture.talk { client in
                for byte in text.utf8 { try client.send([byte]) }
                return client.receiveText()
            }
            #expect(received.text == "\(RequestProblem.headTooLarge(limit: 1000)).")
        }
    }

    @Test("Each head on a connection is measured separately")
    func measuredApart() async throws {
        try await Fixture.with(limits: Self.small) { fixture in
            let request = "POST / HTTP/1.1\r\nContent-Length: 1900\r\nA: \(String(repeating: "a", count: 800))\r\n\r\n"
            let body = String(repeating: "b", count: 1900)
            let received = try await fixture.talk { client in
                try client.send(String(repeating: request + body, count: 20))
                client.finishSending()
                return client.receiveText()
            }
            #expect(received.text.ranges(of: "1900 bytes.").count == 20)
        }
    }

    @Test("A head after a chunked body is measured like any other")
    func measuredBehindChunks() async throws {
        try await Fixture.with(limits: Self.small) { fixture in
            let chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"
            let received = try await fixture.talk { client in
                try client.send(chunked + Fixture.get("/", ["A: \(String(repeating: "a", count: 1_000))"]))
                return client.receiveText()
            }
            #expect(received.text.hasSuffix(" hi.\(RequestProblem.headTooLarge(limit: 1000))."))
            #expect(received.end == .finished)
            let timelines = await fixture.responder.ended(2).map(\.timeline)
            #expect(timelines.map { $0.words.first } == ["request start", "request start"])
        }
    }

    struct LateRow: Sendable, CustomTestStringConvertible {
        var name: String
        var input: String
        var testDescription: String { name }
    }

    @Test(
        "A request that does not arrive in time gets a timeout",
        arguments: [
            LateRow(name: "one byte", input: "G"),
            LateRow(name: "half a head", input: "GET / HTTP/1.1\r\nHo"),
            LateRow(name: "half a body", input: "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhi"),
            LateRow(name: "half a chunk", input: "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhi"),
            LateRow(name: "half a head behind a request", input: "GET / HTTP/1.1\r\n\r\nGET /"),
        ]
    )
    func late(row: LateRow) async throws {
        try await Fixture.with(limits: Self.impatient) { fixture in
            let received = try await fixture.talk { client in
                try client.send(row.input)
                return client.receiveText()
            }
            #expect(received.text.hasSuffix("\(RequestProblem.timeout)."))
            #expect(received.end == .finished)
            let timeline = try #require(
                await fixture.responder.ended(row.input.hasPrefix("GET / HTTP/1.1\r\n\r\n") ? 2 : 1).last
            ).timeline
            let first = try #require(timeline.moment(of: "request start"))
            let decided = try #require(timeline.moment(of: "decided"))
            #expect(decided - first >= .milliseconds(40))
        }
    }

    @Test("Neither an idle connection nor one that waits for its answer times out")
    func neverLate() async throws {
        let slow = WireScript.steps([.step(.pause(.milliseconds(120))), .text("slow.", .done), .step(.end(.keepAlive))])
        try await Fixture.with(["/slow": slow], limits: Self.impatient) { fixture in
            try await fixture.talk { idle in
                let busy = try RawSocket(port: fixture.server.port)
                try busy.send(Fixture.get("/slow"))
                #expect(busy.receiveText(endingWith: ".").text == "slow.")
                try idle.send(Fixture.get("/"))
                #expect(idle.receiveText(endingWith: ".").text == "GET / 1.1 [] .")
            }
        }
    }

    @Test("The error for a malformed request follows the answers to earlier requests")
    func behindAnswer() async throws {
        let slow = WireScript.steps([
            .text("slow ", .head), .step(.pause(.milliseconds(30))), .text("done.", .done), .step(.end(.keepAlive)),
        ])
        try await Fixture.with(["/slow": slow]) { fixture in
            let received = try await fixture.talk { client in
                try client.send(Fixture.get("/slow") + Fixture.get("/next") + "no request\r\n\r\n")
                return client.receiveText()
            }
            #expect(received.text.hasPrefix("slow done.GET /next 1.1 [] .malformed("))
            #expect(received.end == .finished)
        }
    }

    @Test("A client that keeps sending after a rejection can read the reason")
    func sendsOn() async throws {
        try await Fixture.with(limits: Self.small) { fixture in
            let received = try await fixture.talk { client in
                try client.send("POST / HTTP/1.1\r\nContent-Length: 3000000\r\n\r\n")
                try client.send([UInt8](repeating: 0x78, count: 3_000_000))
                client.finishSending()
                return client.receiveText()
            }
            #expect(
                received == RawSocket.Text(text: "\(RequestProblem.bodyTooLarge(limit: 2000)).", end: .finished))
        }
    }

    @Test("A request that the client's FIN cuts short is malformed")
    func cutShort() async throws {
        try await Fixture.with { fixture in
            let received = try await fixture.talk { client in
                try client.send("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhi")
                client.finishSending()
                return client.receiveText()
            }
            #expect(received.text == "\(RequestProblem.malformed("the request was cut short")).")
            #expect(await fixture.responder.ended(1).first?.request.method == "POST")
        }
    }

    private static let small = {
        var limits = ConnectionLimits.patient
        limits.headBytes = 1000
        limits.bodyBytes = 2000
        return limits
    }()

    private static let impatient = {
        var limits = ConnectionLimits.patient
        limits.headDeadline = .milliseconds(40)
        limits.bodyDeadline = .milliseconds(40)
        return limits
    }()
}
