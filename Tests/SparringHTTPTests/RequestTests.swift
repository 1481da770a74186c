import SparringExchange
import SparringWire
import TestSupport
import Testing

@testable import SparringHTTP

@Suite("Requests on the wire", .timeLimit(.minutes(20)))
struct RequestTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var request: String
        var answer: String
        var testDescription: String { name }
    }

    static let rows = [
        Row(
            name: "no body",
            request: "GET /a?b=c HTTP/1.1\r\nHost: x\r\nX-Twice: 1\r\nx-twice: 2\r\n\r\n",
            answer: "GET /a?b=c 1.1 [Host=x,X-Twice=1,x-twice=2] ."
        ),
        Row(
            name: "a length",
            request: "POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nhéll",
            answer: "POST /a 1.1 [Content-Length=5] héll."
        ),
        Row(
            name: "chunks, an extension and a trailer",
            request:
                "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: u\r\n\r\n",
            answer: "POST /a 1.1 [Transfer-Encoding=chunked] abcde."
        ),
        Row(
            name: "HTTP/1.0 after an empty line",
            request: "\r\nPOST /a HTTP/1.0\r\ncontent-length: 0\r\n\r\n",
            answer: "POST /a 1.0 [content-length=0] ."
        ),
        Row(
            name: "an offered upgrade",
            request: "POST /a HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\nhi",
            answer: "POST /a 1.1 [Connection=Upgrade,Upgrade=h2c,Content-Length=2] hi."
        ),
    ]

    @Test("A request is read the same whole and byte by byte", arguments: rows)
    func pieces(row: Row) async throws {
        let bytes = Array(row.request.utf8)
        try await Fixture.with { fixture in
            try await fixture.talk { client in
                try client.send(bytes)
                #expect(client.receiveText(endingWith: ".").text == row.answer)
            }
            try await fixture.talk { client in
                for byte in bytes { try client.send([byte]) }
                #expect(client.receiveText(endingWith: ".").text == row.answer)
            }
        }
    }

    @Test("A request is read the same wherever it is cut, and the connection stays usable", arguments: rows.prefix(3))
    func splits(row: Row) async throws {
        let bytes = Array(row.request.utf8)
        try await Fixture.with { fixture in
            try await fixture.talk { client in
                for split in 1..<bytes.count {
                    try client.send(Array(bytes[..<split]))
                    try client.send(Array(bytes[split...]))
                    #expect(client.receiveText(endingWith: ".").text == row.answer)
                }
            }
        }
    }

    @Test("Two requests in one segment are answered in order")
    func pipelined() async throws {
        try await Fixture.with { fixture in
            let received = try await fixture.talk { client in
                try client.send(Self.rows[1].request + Self.rows[0].request)
                return client.receiveText(endingWith: "] .")
            }
            #expect(received.text == Self.rows[1].answer + Self.rows[0].answer)
        }
    }

    @Test("20,000 requests behind a slow answer are answered in order with a bounded queue")
    func crowd() async throws {
        let slow = WireScript.steps([
            .text("slow ", .head), .step(.await(.nextRequestByte, timeout: nil)), .step(.pause(.milliseconds(20))),
            .text("done.", .done), .step(.end(.keepAlive)),
        ])
        var limits = ConnectionLimits.patient
        limits.pipelinedRequests = 4
        try await Fixture.with(["/slow": slow], limits: limits) { fixture in
            let received = try await fixture.talk { client in
                try client.send(Fixture.get("/slow"))
                // The body is far larger than one read of the connection, so reading has to stop and resume.
                try client.send((1...20_000).map { Fixture.get("/\($0)") }.joined())
                return client.receiveText(endingWith: "/20000 1.1 [] .")
            }
            #expect(received.text == "slow done." + (1...20_000).map { "GET /\($0) 1.1 [] ." }.joined())
        }
    }

    @Test("90 connections with two requests each all get their answers in order")
    func turns() async throws {
        try await Fixture.with { fixture in
            let port = fixture.server.port
            let answers = try await blocking {
                // With two event loops, each has more connections than its coalescer can hold.
                var clients: [RawSocket] = []
                for _ in 0..<90 { clients.append(try RawSocket(port: port)) }
                for client in clients { try client.send(Fixture.get("/a") + Fixture.get("/b")) }
                return clients.map { $0.receiveText(endingWith: "GET /b 1.1 [] .").text }
            }
            #expect(answers == Array(repeating: "GET /a 1.1 [] .GET /b 1.1 [] .", count: 90))
            #expect(await fixture.responder.ended(180).allSatisfy { $0.timeline.play.last == "ended keep_alive" })
        }
    }

    @Test("Requests that were pipelined before the client closed its side are answered")
    func pipelinedThenClosed() async throws {
        let slow = WireScript.steps([
            .text("slow ", .head), .step(.await(.peerGone, timeout: nil)), .text("done.", .done),
            .step(.end(.keepAlive)),
        ])
        try await Fixture.with(["/slow": slow]) { fixture in
            let received = try await fixture.talk { client in
                try client.send(Fixture.get("/slow") + Fixture.get("/a") + Fixture.get("/b"))
                client.finishSending()
                return client.receiveText()
            }
            #expect(received == RawSocket.Text(text: "slow done.GET /a 1.1 [] .GET /b 1.1 [] .", end: .finished))
        }
    }

    @Test("The answer after an offered upgrade is the last on its connection")
    func upgrade() async throws {
        try await Fixture.with { fixture in
            let received = try await fixture.talk { client in
                try client.send(Self.rows[4].request + Self.rows[0].request)
                return client.receiveText()
            }
            #expect(received == RawSocket.Text(text: Self.rows[4].answer, end: .finished))
        }
    }

    @Test("A body of 3 MB arrives whole, and the next request is answered")
    func largeBody() async throws {
        try await Fixture.with { fixture in
            let received = try await fixture.talk { client in
                try client.send("POST /a HTTP/1.1\r\nContent-Length: 3000000\r\n\r\n")
                try client.send([UInt8](repeating: 0x78, count: 3_000_000))
                try client.send(Fixture.get("/b"))
                return client.receiveText(endingWith: "] .")
            }
            #expect(received.text == "POST /a 1.1 [Content-Length=3000000] 3000000 bytes.GET /b 1.1 [] .")
        }
    }

    // MARK: 100 Continue

    private static let expecting = "POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"

    @Test("A client that waits for 100 Continue gets it")
    func expectation() async throws {
        try await Fixture.with { fixture in
            try await fixture.talk { client in
                try client.send(Self.expecting)
                #expect(client.receiveText(endingWith: "\r\n\r\n").text == "HTTP/1.1 100 Continue\r\n\r\n")
                try client.send("hi")
                #expect(
                    client.receiveText(endingWith: ".").text == "POST /a 1.1 [Expect=100-continue,Content-Length=2] hi."
                )
            }
        }
    }

    @Test("A client that does not wait for 100 Continue does not get one", arguments: ["1.0", "1.1"])
    func unneededExpectation(version: String) async throws {
        try await Fixture.with { fixture in
            let received = try await fixture.talk { client in
                try client.send(Self.expecting.replacing("1.1", with: version) + "hi")
                return client.receiveText(endingWith: ".")
            }
            #expect(received.text == "POST /a \(version) [Expect=100-continue,Content-Length=2] hi.")
        }
    }

    @Test("100 Continue is not sent in the middle of an earlier answer")
    func expectationBehindAnswer() async throws {
        let slow = WireScript.steps([
            .text("slow ", .head), .step(.await(.nextRequestByte, timeout: nil)), .step(.pause(.milliseconds(30))),
            .text("done.", .done), .step(.end(.keepAlive)),
        ])
        try await Fixture.with(["/slow": slow]) { fixture in
            try await fixture.talk { client in
                try client.send(Fixture.get("/slow") + Self.expecting)
                #expect(client.receiveText(endingWith: "\r\n\r\n").text == "slow done.HTTP/1.1 100 Continue\r\n\r\n")
                try client.send("hi")
                #expect(client.receiveText(endingWith: ".").text.hasSuffix("hi."))
            }
        }
    }

    @Test("A client that closes its side after the request gets its answer, and the connection ends")
    func halfClosed() async throws {
        try await Fixture.with { fixture in
            let received = try await fixture.talk { client in
                try client.send(Fixture.get("/a"))
                client.finishSending()
                return client.receiveText()
            }
            #expect(received == RawSocket.Text(text: "GET /a 1.1 [] .", end: .finished))
        }
    }

    @Test("Connections are numbered from 1")
    func connections() async throws {
        try await Fixture.with { fixture in
            for _ in 1...3 {
                try await fixture.talk { client in
                    try client.send(Fixture.get("/") + Fixture.get("/"))
                    client.finishSending()
                    _ = client.receiveText()
                }
            }
            #expect(await fixture.responder.ended(6).map(\.connection) == [1, 1, 2, 2, 3, 3])
        }
    }
}
