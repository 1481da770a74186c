import TestSupport
import Testing

/// Tests malicious input. Other connections must be served during the attack and after it.
@Suite("Hostile input", .timeLimit(.minutes(20)))
struct HostileInputTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var request: @Sendable () -> String
        /// The allowed statuses; if empty, the connection may be closed without an answer.
        var statuses: [Int]
        var testDescription: String { name }
    }

    static let rows = [
        Row(name: "bytes that are not HTTP", request: { "\u{16}\u{3}\u{1}\u{2}\u{0}hello\r\n\r\n" }, statuses: [400]),
        Row(name: "HTTP/9.9", request: { "GET /v1/models HTTP/9.9\r\nHost: x\r\n\r\n" }, statuses: [400, 505]),
        Row(
            name: "a header line without a colon",
            request: { "GET /v1/models HTTP/1.1\r\nHost x\r\n\r\n" },
            statuses: [400]
        ),
        Row(
            name: "two different lengths",
            request: {
                "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x"
            },
            statuses: [400]
        ),
        Row(
            name: "a length and chunks",
            request: {
                "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "2\r\n{}\r\n0\r\n\r\n"
            },
            statuses: [400]
        ),
        Row(
            name: "a chunk size that is not a number",
            request: {
                "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"
            },
            statuses: [400]
        ),
        Row(
            name: "a length of 50 MB",
            request: { Self.head(length: "52428800") },
            statuses: [413]
        ),
        Row(
            name: "a length beyond 64 bits",
            request: { Self.head(length: "99999999999999999999") },
            statuses: [400, 413]
        ),
        Row(
            name: "a header of 100 kB",
            request: {
                "GET /v1/models HTTP/1.1\r\nHost: x\r\nX-Long: \(String(repeating: "a", count: 100_000))\r\n\r\n"
            },
            statuses: [431]
        ),
        Row(
            name: "a target of 100 kB",
            request: { "GET /v1/\(String(repeating: "a", count: 100_000)) HTTP/1.1\r\nHost: x\r\n\r\n" },
            statuses: [414, 431]
        ),
        Row(
            name: "JSON nested 100,000 deep",
            request: {
                RawRequest.post(
                    "/v1/chat/completions", headers: ["Connection: close"],
                    body: #"{"model":"gpt-4o-mini","messages":"# + String(repeating: "[", count: 100_000)
                        + String(repeating: "]", count: 100_000) + "}"
                )
            },
            statuses: [400]
        ),
        Row(
            name: "a body that is not JSON",
            request: { RawRequest.post("/v1/chat/completions", headers: ["Connection: close"], body: "{") },
            statuses: [400]
        ),
        Row(
            name: "an upgrade to h2c, as the JDK sends it",
            request: {
                RawRequest.chat(headers: [
                    "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c",
                    "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA",
                ])
            },
            statuses: [200]
        ),
    ]

    @Test("Each hostile request gets its expected status, and the next connection gets its answer", arguments: rows)
    func rejected(row: Row) async throws {
        let server = try await ServerProcess()
        let (answer, after) = try await blocking {
            let socket = try RawSocket(port: server.port)
            try socket.send(row.request())
            let end = row.statuses == [200] ? "\n}\n" : nil
            return (socket.receive(until: end).bytes, try RawRequest.status(port: server.port))
        }
        let status = try #require(RawAnswer(answer)?.status, "\(String(decoding: answer.prefix(200), as: UTF8.self))")
        #expect(row.statuses.contains(status))
        #expect(after == 200)
        #expect(server.child.isRunning)
    }

    @Test("A body of 50 MB gets 413, and another connection gets its answer", arguments: [true, false])
    func largeBody(chunked: Bool) async throws {
        let server = try await ServerProcess()
        let (status, after) = try await blocking {
            let socket = try RawSocket(port: server.port)
            try socket.send(
                "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer k\r\n"
                    + "Content-Type: application/json\r\n"
                    + (chunked ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: 52428800\r\n\r\n")
            )
            let data = [UInt8](repeating: 0x20, count: 0x100000)
            let chunk = chunked ? Array("100000\r\n".utf8) + data + Array("\r\n".utf8) : data
            socket.send(chunk, atMost: 50)
            return (RawAnswer(socket.receive().bytes)?.status, try RawRequest.status(port: server.port))
        }
        #expect(status == 413)
        #expect(after == 200)
    }

    @Test("The server answers while 1,000 connections are idle")
    func idleConnections() async throws {
        RawSocket.raiseDescriptorLimit()
        let server = try await ServerProcess()
        let status = try await blocking {
            let idle = try (0..<1000).map { _ in try RawSocket(port: server.port) }
            return try withExtendedLifetime(idle) { try RawRequest.status(port: server.port) }
        }
        #expect(status == 200)
    }

    @Test("Request heads that arrive byte by byte do not delay other requests")
    func slowLoris() async throws {
        let server = try await ServerProcess()
        let statuses = try await blocking {
            let slow = try (0..<50).map { _ in try RawSocket(port: server.port) }
            return try "GET /v1/models HTTP/1.1\r\nX-Slow: aaaa".utf8.map { byte in
                // If this took half a minute, the server would have closed connections by its timeout.
                for socket in slow { try? socket.send([byte]) }
                return try RawRequest.status(port: server.port)
            }
        }
        #expect(statuses.allSatisfy { $0 == 200 })
    }

    @Test("Clients that never read do not delay other requests")
    func neverReads() async throws {
        let text = String(repeating: "All work and no play. ", count: 50_000)
        let server = try await ServerProcess(
            yaml: """
                schema: 1
                scenario: long bodies
                rules:
                  - { when: { stream: true }, raw: { status: 200, body: "\(text)" }, times: forever }
                  - { text: "short", times: forever }
                """
        )
        let statuses = try await blocking {
            let deaf = try (0..<20).map { _ in try RawSocket(port: server.port, receiveBuffer: 2048) }
            for socket in deaf { try socket.send(RawRequest.chat(stream: true)) }
            return try withExtendedLifetime(deaf) {
                try (0..<20).map { _ in try RawRequest.status(port: server.port) }
            }
        }
        #expect(statuses.allSatisfy { $0 == 200 })
    }

    private static func head(length: String) -> String {
        "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer k\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(length)\r\n\r\n"
    }
}
