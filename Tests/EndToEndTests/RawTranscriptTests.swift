import Foundation
import TestSupport
import Testing

/// Tests whole conversations over a bare socket: the bytes, and the state of the connection afterwards.
@Suite("Bytes on the wire", .timeLimit(.minutes(20)))
struct RawTranscriptTests {
    struct EndingRow: Sendable, CustomTestStringConvertible {
        var ending: String
        var end: RawSocket.End
        var testDescription: String { ending }
    }

    @Test(
        "An ending after event 3 sends three whole events and then ends the connection as ordered",
        arguments: [
            EndingRow(ending: "fin", end: .finished),
            EndingRow(ending: "half_close", end: .finished),
            EndingRow(ending: "reset", end: .reset),
            EndingRow(ending: "hang", end: .open),
        ]
    )
    func endings(row: EndingRow) async throws {
        let server = try await ServerProcess(yaml: Self.stream(fault: "{ at: event 3, end: \(row.ending) }"))
        let (bytes, end) = try await blocking {
            let socket = try RawSocket(port: server.port)
            try socket.send(RawRequest.chat(stream: true))
            return try socket.receive(untilQuietAfter: { bytes in
                RawAnswer(bytes).map { $0.body.components(separatedBy: "\n\n").count > 3 } ?? false
            })
        }
        let answer = try #require(RawAnswer(bytes))
        #expect(answer.status == 200)
        #expect(answer.events.count == 3)
        #expect(!answer.isComplete)
        #expect(end == row.end)
    }

    @Test("A reset at the start sends no byte")
    func start() async throws {
        let server = try await ServerProcess(yaml: Self.stream(fault: "{ at: start, end: reset }"))
        let (bytes, end) = try await blocking {
            let socket = try RawSocket(port: server.port)
            try socket.send(RawRequest.chat(stream: true))
            return socket.receive()
        }
        #expect(bytes.isEmpty)
        #expect(end == .reset)
    }

    @Test("A request that arrives byte by byte gets the same answer as a whole one")
    func byteByByte() async throws {
        let server = try await ServerProcess(["hello"])
        let other = try await ServerProcess(["hello"])
        let bodies = try await blocking {
            let slow = try RawSocket(port: server.port)
            for byte in RawRequest.chat(headers: ["Connection: close"]).utf8 { try slow.send([byte]) }
            let quick = try RawSocket(port: other.port)
            try quick.send(RawRequest.chat(headers: ["Connection: close"]))
            return [slow, quick].map {
                RawAnswer($0.receive().bytes)?.body.split(separator: "\n").filter(Self.isStable)
            }
        }
        #expect(bodies[0] != nil)
        #expect(bodies[0] == bodies[1])
    }

    @Test("Pipelined requests on one connection are answered in order")
    func pipelined() async throws {
        let server = try await ServerProcess(yaml: Self.numbered)
        let (bytes, end) = try await blocking {
            let socket = try RawSocket(port: server.port)
            try socket.send(
                RawRequest.chat() + RawRequest.chat() + RawRequest.chat(headers: ["Connection: close"])
            )
            return socket.receive()
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let places = ["first", "second", "third"].map { text.ranges(of: $0).first?.lowerBound }
        #expect(places.allSatisfy { $0 != nil })
        #expect(places.compactMap { $0 } == places.compactMap { $0 }.sorted())
        #expect(text.ranges(of: "HTTP/1.1 200").count == 3)
        #expect(end == .finished)
    }

    @Test("A connection is kept for the next request, and closed after 'Connection: close'")
    func keepAlive() async throws {
        let server = try await ServerProcess(yaml: Self.numbered)
        let answers = try await blocking {
            let socket = try RawSocket(port: server.port)
            try socket.send(RawRequest.chat())
            let first = socket.receive(until: "\n}\n")
            try socket.send(RawRequest.chat(headers: ["Connection: close"]))
            return [first, socket.receive()]
        }
        #expect(RawAnswer(answers[0].bytes)?.body.contains("first") == true)
        #expect(RawAnswer(answers[1].bytes)?.body.contains("second") == true)
        #expect(answers[1].end == .finished)
    }

    @Test(
        "A client that closes its sending side after the request still gets the whole answer", arguments: [false, true])
    func halfClosed(stream: Bool) async throws {
        let server = try await ServerProcess(yaml: Self.stream(fault: nil))
        let (bytes, end) = try await blocking {
            let socket = try RawSocket(port: server.port)
            try socket.send(RawRequest.chat(stream: stream))
            socket.finishSending()
            return socket.receive()
        }
        #expect(RawAnswer(bytes)?.isComplete == true)
        #expect(end == .finished)
    }

    @Test("An HTTP/1.0 request gets an answer without chunks that ends with the connection")
    func versionZero() async throws {
        let server = try await ServerProcess(["hello"])
        let (bytes, end) = try await blocking {
            let socket = try RawSocket(port: server.port)
            try socket.send(RawRequest.chat(stream: true).replacing("HTTP/1.1", with: "HTTP/1.0"))
            return socket.receive()
        }
        let answer = try #require(RawAnswer(bytes))
        #expect(!answer.head.lowercased().contains("transfer-encoding"), "HTTP/1.0 knows no chunks (RFC 9112 §6.1)")
        #expect(answer.events.last == "[DONE]")
        #expect(end == .finished)
    }

    @Test("A client that expects 100 Continue gets it before it sends the body")
    func expectContinue() async throws {
        let server = try await ServerProcess(["hello"])
        let (interim, answer) = try await blocking {
            let request = RawRequest.chat(headers: ["Expect: 100-continue", "Connection: close"])
            let blank = try #require(request.firstRange(of: "\r\n\r\n"))
            let socket = try RawSocket(port: server.port)
            try socket.send(String(request[..<blank.upperBound]))
            let interim = socket.receive(until: "\r\n\r\n")
            try socket.send(String(request[blank.upperBound...]))
            return (interim.bytes, socket.receive().bytes)
        }
        #expect(String(decoding: interim, as: UTF8.self) == "HTTP/1.1 100 Continue\r\n\r\n")
        #expect(RawAnswer(answer)?.status == 200)
    }

    /// Removes ids and times, which differ between servers.
    @Sendable private static func isStable(_ line: Substring) -> Bool {
        !line.contains(#""id""#) && !line.contains(#""created""#)
    }

    private static func stream(fault: String?) -> String {
        """
        schema: 1
        scenario: one stream
        steps:
          - { text: "one two three four five six", times: forever\(fault.map { ", faults: [ \($0) ]" } ?? "") }
        """
    }

    private static let numbered = """
        schema: 1
        scenario: numbered answers
        steps: [ { text: first }, { text: second }, { text: third } ]
        """
}
