import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Tests `serve --store` of the built program, with a PostgreSQL of the tests' own.
@Suite("Servers that share a store", .timeLimit(.minutes(20)))
struct SharedStoreTests {
    private struct Object: Decodable {
        var id: String
        var status: String?
        var output_file_id: String?
    }

    private struct Result: Decodable { var custom_id: String }

    private static let form =
        "--XX\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n"
        + "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"in.jsonl\"\r\n\r\n\(lines)\r\n--XX--"

    private static let lines = (0..<1_500).map { number in
        "{\"custom_id\":\"r\(number)\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{\"model\":\"gpt-4o-mini\","
            + "\"messages\":[{\"role\":\"user\",\"content\":\"hello \(number)\"}]}}"
    }.joined(separator: "\n")

    @Test(
        "A file of one server is read from another, and a batch of a killed server continues with one result for each line",
        .enabled(if: PostgresServer.isInstalled, "\(PostgresServer.missing)"))
    func killed() async throws {
        let url = try PostgresServer.shared.get().newDatabase()
        let first = try await ServerProcess(options: ["--store", url])
        let second = try await ServerProcess(options: ["--store", url])
        let (one, two) = (first.port, second.port)
        let (file, batch) = try await blocking {
            let connection = try KeptConnection(port: one)
            let file = try connection.ask("POST", "/v1/files", Self.form, type: "multipart/form-data; boundary=XX")
                .decoded(Object.self).id
            let body =
                "{\"input_file_id\":\"\(file)\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"24h\"}"
            return (file, try connection.ask("POST", "/v1/batches", body).decoded(Object.self).id)
        }
        first.child.signal(SIGKILL)
        let (status, content, results) = try await blocking {
            let connection = try KeptConnection(port: two)
            let content = try connection.ask("GET", "/v1/files/\(file)/content").body
            let deadline = ContinuousClock.now + ChildProcess.patience
            while true {
                let seen = try connection.ask("GET", "/v1/batches/\(batch)").decoded(Object.self)
                guard seen.status == "completed" || .now > deadline else { continue }
                let output = seen.output_file_id ?? "none"
                return (seen.status, content, try connection.ask("GET", "/v1/files/\(output)/content").body)
            }
        }
        #expect(status == "completed")
        let isSame = Array(content) == Array(Self.lines.utf8)
        #expect(isSame, "\(content.count) bytes")
        let ids = try results.split(separator: 0x0A).map {
            try JSONDecoder().decode(Result.self, from: Data($0)).custom_id
        }
        let isExact = ids.count == 1_500 && Set(ids) == Set((0..<1_500).map { "r\($0)" })
        #expect(isExact, "\(ids.count) results")
    }

    @Test(
        "Two servers play one script and reset it together, and `status` lists them",
        .enabled(if: PostgresServer.isInstalled, "\(PostgresServer.missing)"))
    func sessions() async throws {
        let url = try PostgresServer.shared.get().newDatabase()
        let first = try await ServerProcess(["two-rate-limits"], options: ["--store", url])
        let second = try await ServerProcess(["two-rate-limits"], options: ["--store", url])
        let ports = [first.port, second.port]
        let (statuses, seen, reset, again) = try await blocking {
            let connections = try ports.map { try KeptConnection(port: $0) }
            let body = #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}"#
            func call(_ place: Int) throws -> Int {
                try connections[place].ask("POST", "/v1/chat/completions", body).status
            }
            let statuses = try [0, 1, 0].map(call)
            // Each server is requested to list the exchanges of both servers.
            let seen = try connections.map { connection in
                let report = try connection.ask("GET", "/_sparring/verification").decoded(Verification.self)
                return (try connection.ask("GET", "/_sparring/journal").decoded([Entry].self), report)
            }
            let reset = try connections[1].ask("POST", "/_sparring/reset", #"{"session":"default"}"#).status
            return (statuses, seen, reset, try [0, 1, 1].map(call))
        }
        #expect(statuses == [429, 429, 200])
        for (journal, verification) in seen {
            #expect(journal.map(\.number) == [1, 2, 3] && journal.map(\.status) == [429, 429, 200])
            #expect(Set(journal.map(\.replica)).count == 2 && journal[0].replica == journal[2].replica)
            #expect(verification.held && verification.attempts == 3 && verification.dropped_exchanges == 0)
        }
        #expect(reset == 200)
        #expect(again == [429, 429, 200])
        let status = try await SparringBinary.run(["status", "--json"], environment: ["SPARRING_STORE": url])
        let servers = try JSONDecoder().decode([Server].self, from: Data(status.standardOutput.utf8))
        #expect(servers.map(\.state) == ["up", "up"])
        #expect(Set(servers.map(\.address)) == [first.baseURL, second.baseURL])
        #expect(servers.map(\.sessions).reduce(0, +) == 1)
    }

    private struct Entry: Decodable {
        var number: Int
        var status: Int
        var replica: String
    }

    private struct Verification: Decodable {
        var held: Bool
        var attempts: Int
        var dropped_exchanges: Int
    }

    @Test(
        "Usage and the sum of metrics are those of two servers, and metrics those of one",
        .enabled(if: PostgresServer.isInstalled, "\(PostgresServer.missing)"))
    func seenAsOne() async throws {
        let url = try PostgresServer.shared.get().newDatabase()
        let first = try await ServerProcess(options: ["--store", url])
        let second = try await ServerProcess(options: ["--store", url])
        let ports = [first.port, second.port]
        let (usage, metrics) = try await blocking {
            let connections = try ports.map { try KeptConnection(port: $0) }
            let body = #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}"#
            func text(_ place: Int, _ path: String) throws -> String {
                String(decoding: try connections[place].ask("GET", path).body, as: UTF8.self)
            }
            for place in [0, 1, 1] { _ = try connections[place].ask("POST", "/v1/chat/completions", body) }
            let deadline = ContinuousClock.now + ChildProcess.patience
            var usage = ""
            while !usage.contains(#""requests":3"#), .now < deadline {
                usage = try text(0, "/_sparring/usage?by=model")
            }
            let metrics = try [text(1, "/_sparring/metrics?servers=all"), text(1, "/_sparring/metrics")]
            return (usage, metrics)
        }
        #expect(usage.contains(#""requests":3"#), "\(usage)")
        let all =
            #"sparring_requests_total{session="default",endpoint="chat.completions",model="gpt-4o-mini",status="200"} "#
        #expect(metrics[0].contains(all + "3\n") && !metrics[0].contains("sparring_uptime_seconds"), "\(metrics[0])")
        #expect(metrics[1].contains(all + "2\n") && metrics[1].contains("sparring_uptime_seconds"))
    }

    private struct Server: Decodable {
        var address: String
        var state: String
        var sessions: Int
    }

    @Test(
        "Two servers of which one is killed give the answers of one server, each once",
        .enabled(if: PostgresServer.isInstalled, "\(PostgresServer.missing)"))
    func fleet() async throws {
        let script = SparringBinary.root.appending(path: "scripts/fleet.py").path
        let arguments = ["--direct", "--processes", "2", "--calls", "600", "--sessions", "20", "--seeds", "1"]
        let outcome = try await ChildProcess(
            URL(filePath: "/usr/bin/env"),
            ["python3", script, SparringBinary.url.path] + arguments + ["--limit-seconds", "0"]
        ).outcome()
        #expect(outcome.exitCode == 0, "\(outcome.standardOutput)\(outcome.standardError)")
    }

    @Test("A database that cannot be reached ends `serve` with exit code 74, and no output has the password")
    func unreachable() async throws {
        let outcome = try await SparringBinary.run(
            ["serve", "--port", "0"],
            environment: ["SPARRING_STORE": "postgres://ada:s3cret@/mock?host=/no-such-directory"])
        #expect(outcome.exitCode == 74, "\(outcome.standardError)")
        #expect(outcome.standardError.hasPrefix("sparring: "), "\(outcome.standardError)")
        // Without libpq, the error names the command that installs libpq.
        let isNamed = outcome.standardError.contains("postgres://ada:***@/mock?host=/no-such-directory")
        #expect(isNamed || outcome.standardError.contains("libpq5"), "\(outcome.standardError)")
        #expect(!(outcome.standardOutput + outcome.standardError).contains("s3cret"))
    }
}
