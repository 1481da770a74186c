import Foundation
import TestSupport
import Testing

/// Tests the admin API of the built program over bare sockets.
@Suite("The admin API", .timeLimit(.minutes(20)))
struct AdminAPITests {
    /// Sends one request on a new connection.
    private static func ask(
        _ server: ServerProcess, _ method: String, _ path: String, _ body: String = "", headers: [String] = [],
        host: String? = "127.0.0.1"
    ) async throws -> RawAnswer {
        let port = server.port
        return try await blocking {
            let socket = try RawSocket(port: port)
            let fields = ["\(method) \(path) HTTP/1.1"] + [host.map { "Host: \($0)" }].compactMap { $0 } + headers
            let length = body.isEmpty ? [] : ["Content-Length: \(body.utf8.count)"]
            let head = (fields + length + ["Connection: close"]).joined(separator: "\r\n") + "\r\n\r\n"
            try socket.send(head + body)
            return try #require(RawAnswer(socket.receive().bytes))
        }
    }

    private static func call(_ server: ServerProcess, session: String? = nil) async throws -> RawAnswer {
        let port = server.port
        return try await blocking {
            let socket = try RawSocket(port: port)
            let path = (session.map { "/s/\($0)" } ?? "") + "/v1/chat/completions"
            try socket.send(RawRequest.chat(path: path, headers: ["Connection: close"]))
            return try #require(RawAnswer(socket.receive().bytes))
        }
    }

    private static func journal(_ server: ServerProcess, _ query: String = "") async throws -> [Entry] {
        let answer = try await ask(server, "GET", "/_sparring/journal\(query)")
        return try JSONDecoder().decode([Entry].self, from: Data(answer.body.utf8))
    }

    struct Entry: Decodable, Equatable {
        var number: Int
        var session: String
        var status: Int
        var faults: [String]
    }

    // MARK: Security

    struct SecurityRow: Sendable, CustomTestStringConvertible {
        var options: [String] = []
        var host: String? = "127.0.0.1"
        var headers: [String] = []
        var path = "/_sparring/journal"
        var status: Int
        var says = ""

        var testDescription: String {
            (options + [host.map { "Host: \($0)" } ?? "no host"] + headers + [path]).joined(separator: " ")
        }
    }

    private static let open = ["--host", "0.0.0.0"]
    private static let token = ["--admin-token", "hush"]

    @Test(
        "The admin API accepts or rejects a request by its Host, Origin and Authorization headers",
        arguments: [
            SecurityRow(status: 200),
            SecurityRow(host: "localhost:8080", status: 200),
            SecurityRow(host: "[::1]:8080", status: 200),
            SecurityRow(host: "evil.example", status: 403, says: "not a name of this server"),
            SecurityRow(
                host: "evil.example", path: "/_sparring/health", status: 403, says: "not a name of this server"),
            SecurityRow(host: "127.0.0.1.evil.example", status: 403, says: "not a name of this server"),
            SecurityRow(host: nil, status: 403, says: "exactly one host"),
            SecurityRow(headers: ["Host: evil.example"], status: 403, says: "exactly one host"),
            SecurityRow(headers: ["Origin: http://evil.example"], status: 403, says: "http://evil.example"),
            SecurityRow(headers: ["Origin: null"], status: 403, says: "may not use the admin API"),
            SecurityRow(headers: ["Origin: http://127.0.0.1"], status: 200),
            SecurityRow(options: open, status: 403, says: "--admin-token"),
            SecurityRow(options: open, path: "/_sparring/health", status: 200, says: "{\"status\":\"ok\"}\n"),
            SecurityRow(options: open, headers: ["Authorization: Bearer "], status: 403, says: "--admin-token"),
            SecurityRow(options: open + token, status: 401, says: "needs a token"),
            SecurityRow(
                options: open + token, headers: ["Authorization: Bearer hus"], status: 401, says: "not the admin token"),
            SecurityRow(options: open + token, headers: ["Authorization: Bearer hush"], status: 200),
            SecurityRow(
                options: open + token, host: "container:80", headers: ["Authorization: Bearer hush"], status: 200),
            SecurityRow(
                options: open + token, headers: ["Authorization: Bearer hush", "Origin: http://evil.example"],
                status: 403,
                says: "evil.example"),
            SecurityRow(options: token, status: 401, says: "Authorization: Bearer TOKEN"),
            SecurityRow(options: token, headers: ["Authorization: bearer hush"], status: 200),
        ])
    func security(row: SecurityRow) async throws {
        let server = try await ServerProcess(options: row.options)
        let answer = try await Self.ask(server, "GET", row.path, headers: row.headers, host: row.host)
        #expect(answer.status == row.status, "\(answer.body)")
        #expect(answer.body.contains(row.says) || row.says.isEmpty, "\(answer.body)")
        #expect(!answer.head.lowercased().contains("access-control"), "no page may read it")
    }

    @Test("A CORS preflight request from another origin gets 403 and no access-control header")
    func preflight() async throws {
        let server = try await ServerProcess()
        let fields = ["Origin: http://evil.example", "Access-Control-Request-Method: PUT"]
        let answer = try await Self.ask(server, "OPTIONS", "/_sparring/scenario", headers: fields)
        #expect(answer.status == 403)
        #expect(!answer.head.lowercased().contains("access-control"))
    }

    @Test(
        "An admin request with a body over 1 MiB gets 413, whether the body is sent or only announced",
        arguments: [1 << 20, 40 << 20])
    func largeBodies(bytes: Int) async throws {
        let server = try await ServerProcess()
        let port = server.port
        let answer = try await blocking {
            let socket = try RawSocket(port: port)
            let length = "Content-Length: \(bytes + 1)"
            try socket.send(
                "PUT /_sparring/scenario HTTP/1.1\r\nHost: 127.0.0.1\r\n\(length)\r\nConnection: close\r\n\r\n")
            if bytes <= 1 << 20 { socket.send([UInt8](repeating: 0x20, count: bytes + 1), atMost: 1) }
            return try #require(RawAnswer(socket.receive().bytes))
        }
        #expect(answer.status == 413)
        #expect(answer.body.contains("1048576 bytes"), "\(answer.body)")
        #expect(try await Self.journal(server).isEmpty)
    }

    // MARK: What it does

    @Test("Admin requests, refused ones included, are neither counted nor in the journal")
    func uncounted() async throws {
        let server = try await ServerProcess(["two-rate-limits"])
        _ = try await Self.ask(server, "GET", "/_sparring/health")
        _ = try await Self.ask(server, "POST", "/_sparring/nowhere", "{}")
        _ = try await Self.ask(server, "GET", "/_sparring/journal", host: "evil.example")
        let answer = try await Self.call(server)
        #expect(answer.status == 429)
        let entries = try await Self.journal(server)
        #expect(entries == [Entry(number: 1, session: "default", status: 429, faults: [])])
    }

    @Test("The journal contains a call at once, filters by the query, and is served as an array or as lines")
    func pages() async throws {
        let server = try await ServerProcess(["two-rate-limits"])
        for session in ["a", "b", "a", "a"] { _ = try await Self.call(server, session: session) }
        #expect(try await Self.journal(server).count == 4)
        #expect(try await Self.journal(server, "?session=a").map(\.status) == [429, 429, 200])
        #expect(try await Self.journal(server, "?status=200").map(\.session) == ["a"])
        #expect(try await Self.journal(server, "?session=a&after=1&limit=1").map(\.number) == [2])
        #expect(try await Self.journal(server, "?endpoint=responses").isEmpty)
        let lines = try await Self.ask(
            server, "GET", "/_sparring/journal?session=a", headers: ["Accept: application/x-ndjson"])
        #expect(lines.head.contains("application/x-ndjson"))
        #expect(lines.body.split(separator: "\n").count == 3)
    }

    @Test("A reset restarts one session or all sessions")
    func resets() async throws {
        let server = try await ServerProcess(["two-rate-limits"])
        for session in ["a", "a", "b", "b"] { _ = try await Self.call(server, session: session) }
        let one = try await Self.ask(server, "POST", "/_sparring/reset?session=a")
        #expect(one.body == "{\"reset\":[\"a\"]}\n")
        let statuses = [
            try await Self.call(server, session: "a").status, try await Self.call(server, session: "b").status,
        ]
        #expect(statuses == [429, 200])
        let all = try await Self.ask(server, "POST", "/_sparring/reset")
        #expect(all.body == "{\"reset\":[\"a\",\"b\"]}\n")
        #expect(try await Self.journal(server).isEmpty)
        let unknown = try await Self.ask(server, "POST", "/_sparring/reset?session=aa")
        #expect(unknown.status == 404 && unknown.body.contains("did you mean 'a'?"), "\(unknown.body)")
    }

    @Test("A scenario that is put into a session is played by that session only", arguments: ["", "?session=mine"])
    func scenarios(query: String) async throws {
        let server = try await ServerProcess(["two-rate-limits"])
        let body = #"{"schema":1,"scenario":"mine","steps":[{"text":"Mine. \ud83d\ude00"}]}"#
        let put = try await Self.ask(server, "PUT", "/_sparring/scenario\(query)", body)
        #expect(put.status == 200, "\(put.body)")
        let session = query.isEmpty ? nil : "mine"
        let answer = try await Self.call(server, session: session)
        #expect(answer.status == 200 && answer.body.contains("Mine. 😀"), "\(answer.body)")
        #expect(try await Self.call(server, session: "other").status == 429)
    }

    @Test("A scenario that reads files is rejected with all mistakes and changes nothing")
    func refusedScenario() async throws {
        let server = try await ServerProcess(["two-rate-limits"])
        let body = """
            schema: 1
            scenario: nosy
            steps:
              - { fixture: ../../../etc/passwd }
              - { text: hi, timse: 2 }
            """
        let answer = try await Self.ask(server, "PUT", "/_sparring/scenario", body)
        struct Refusal: Decodable {
            struct Problem: Decodable {
                struct Mistake: Decodable { var text: String }
                var mistakes: [Mistake]
            }
            var error: Problem
        }
        let refusal = try JSONDecoder().decode(Refusal.self, from: Data(answer.body.utf8))
        #expect(answer.status == 422)
        let places = refusal.error.mistakes.map { $0.text.split(separator: " ")[0] }
        #expect(places == ["body:4:16:", "body:5:17:"], "\(answer.body)")
        #expect(try await Self.call(server).status == 429)
    }

    @Test("Faults that are pushed for a session break its next calls and appear in its journal")
    func faults() async throws {
        let server = try await ServerProcess()
        let body = #"{"session":"a","next":2,"faults":[{"at":"byte 10","end":"fin"}]}"#
        let pushed = try await Self.ask(server, "POST", "/_sparring/faults", body)
        #expect(pushed.status == 200, "\(pushed.body)")
        var lengths: [Int] = []
        for session in ["b", "a", "a", "a"] {
            lengths.append(try await Self.call(server, session: session).body.utf8.count)
        }
        #expect(lengths[0] > 10 && lengths[1...2] == [10, 10] && lengths[3] > 10, "\(lengths)")
        #expect(try await Self.journal(server, "?session=a").map(\.faults.count) == [1, 1, 0])
    }

    @Test("Moving a session's clock changes the limits and dates of that session only")
    func clock() async throws {
        let server = try await ServerProcess(
            yaml: "schema: 1\nscenario: s\nlimits: { requests_per_minute: 1 }\notherwise: auto")
        for session in ["a", "b"] { #expect(try await Self.call(server, session: session).status == 200) }
        let moved = try await Self.ask(server, "POST", "/_sparring/clock", #"{"session":"a","advance":"24h"}"#)
        #expect(moved.body.contains(#""ahead_ms":86400000"#), "\(moved.body)")
        let (a, b) = (try await Self.call(server, session: "a"), try await Self.call(server, session: "b"))
        #expect(a.status == 200 && b.status == 429)
        let dates = [a, b].compactMap { $0.head.split(separator: "\r\n").first { $0.hasPrefix("date: ") } }
        #expect(Set(dates).count == 2)
        let scaled = try await Self.ask(server, "POST", "/_sparring/clock", #"{"session":"a","scale":0.001}"#)
        #expect(scaled.status == 200)
        let reset = try await Self.call(server, session: "a").head
        let told = reset.split(separator: "\r\n").first { $0.hasPrefix("x-ratelimit-reset-requests: ") }
        // A minute of the session takes 60 ms.
        #expect(told?.hasSuffix("ms") == true, "\(reset)")
    }

    // MARK: Following

    private static func follower(_ server: ServerProcess, _ query: String = "", buffer: Int32? = nil) async throws
        -> RawSocket
    {
        let port = server.port
        return try await blocking {
            let socket = try RawSocket(port: port, receiveBuffer: buffer)
            try socket.send("GET /_sparring/journal?follow=true\(query) HTTP/1.1\r\nHost: localhost\r\n\r\n")
            return socket
        }
    }

    @Test("A journal follower gets the matching exchanges as they end, and can use its connection afterwards")
    func follows() async throws {
        let server = try await ServerProcess()
        let socket = try await Self.follower(server, "&session=a&limit=2")
        let head = try await blocking { socket.receive(until: "\r\n\r\n") }
        #expect(String(decoding: head.bytes, as: UTF8.self).contains("application/x-ndjson"))
        for session in ["a", "b", "a", "a"] { _ = try await Self.call(server, session: session) }
        let rest = try await blocking { socket.receive(until: "0\r\n\r\n") }
        let answer = try #require(RawAnswer(head.bytes + rest.bytes))
        let lines = try answer.body.split(separator: "\n").map {
            try JSONDecoder().decode(Entry.self, from: Data($0.utf8))
        }
        #expect(lines.map(\.number) == [1, 2] && lines.map(\.session) == ["a", "a"])
        #expect(answer.isComplete)
        let next = try await blocking {
            try socket.send("GET /_sparring/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            return socket.receive(until: "}\n")
        }
        #expect(RawAnswer(next.bytes)?.status == 200)
    }

    @Test("A journal follower that reads nothing, or that has closed, does not delay other clients")
    func idleFollowers() async throws {
        let server = try await ServerProcess()
        let idle = try await Self.follower(server, buffer: 4096)
        for _ in 0..<5 {
            let gone = try await Self.follower(server)
            _ = try await blocking { gone.receive(until: "\r\n\r\n") }
        }
        let port = server.port
        let count = try await blocking {
            let socket = try RawSocket(port: port)
            return try (0..<300).count { _ in
                try socket.send(RawRequest.chat())
                return !socket.receive(until: "\n}").bytes.isEmpty
            }
        }
        #expect(count == 300)
        let first = try await blocking { idle.receive(until: "\"number\":1,") }
        let text = String(decoding: first.bytes, as: UTF8.self)
        #expect(text.contains("\"number\":1,"))
        #expect(!text.contains("\"number\":0,"), "a follower gets no admin request: \(text)")
    }

    @Test("A server that stops completes the answers for its journal followers")
    func stops() async throws {
        let server = try await ServerProcess()
        let socket = try await Self.follower(server)
        let head = try await blocking { socket.receive(until: "\r\n\r\n") }
        server.child.signal(SIGTERM)
        let rest = try await blocking { socket.receive() }
        let outcome = try await server.child.outcome()
        #expect(RawAnswer(head.bytes + rest.bytes)?.isComplete == true)
        #expect(rest.end == .finished)
        // If the server waited for its follower, the server would be killed, with exit code 137.
        #expect(outcome.exitCode == 143)
    }

    // MARK: The commands that use it

    @Test("`health` reports whether a server is up, by its exit code and its text")
    func health() async throws {
        let server = try await ServerProcess(["hello"], port: FreePort.next())
        let up = try await SparringBinary.run(["health", "http://127.0.0.1:\(server.port)/v1"])
        #expect(up.exitCode == 0 && up.standardOutput.contains("scenario hello"), "\(up.standardError)")
        let byEnvironment = try await SparringBinary.run(
            ["health", "--json"], environment: ["SPARRING_PORT": "\(server.port)"])
        #expect(byEnvironment.exitCode == 0 && byEnvironment.standardOutput.contains(#""status":"ok""#))
        server.child.signal(SIGTERM)
        _ = try await server.child.outcome()
        let down = try await SparringBinary.run(["health", server.baseURL])
        #expect(down.exitCode == 1 && down.standardError.contains("not up"), "\(down.standardError)")
    }

    @Test("`health` needs no token for a public server, and reports the scenario only with the token")
    func openHealth() async throws {
        let server = try await ServerProcess(options: Self.open + Self.token)
        let url = "http://127.0.0.1:\(server.port)"
        let stranger = try await SparringBinary.run(["health", url])
        #expect(stranger.exitCode == 0 && !stranger.standardOutput.contains("scenario"))
        let owner = try await SparringBinary.run(["health", url], environment: ["SPARRING_ADMIN_TOKEN": "hush"])
        #expect(owner.exitCode == 0 && owner.standardOutput.contains("scenario auto"))
    }

    @Test("`config` prints settings with their sources and hides secrets")
    func config() async throws {
        let outcome = try await SparringBinary.run(
            ["config", "--seed", "7"], environment: ["SPARRING_PORT": "9000", "SPARRING_ADMIN_TOKEN": "hush"])
        let rows = outcome.standardOutput.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(rows.contains("port 9000 SPARRING_PORT"))
        #expect(rows.contains("seed 7 --seed"))
        #expect(rows.contains("host 127.0.0.1 default"))
        #expect(rows.contains("admin_token (set) SPARRING_ADMIN_TOKEN"))
        #expect(!outcome.standardOutput.contains("hush"))
    }
}
