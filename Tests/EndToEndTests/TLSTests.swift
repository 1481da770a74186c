import Foundation
import Testing

/// Tests the built program with TLS, with Python's ssl module (OpenSSL) and the official package.
@Suite("TLS", .enabled(if: PythonClient.isInstalled, "\(PythonClient.missing)"), .timeLimit(.minutes(20)))
struct TLSTests {
    /// The output of `tls_probe.py`.
    struct Seen: Decodable, Sendable, Equatable {
        var handshake: String
        var version: String?
        var alpn: String?
        var waited: Double
        var status: Int?
        var bytes: Int?
        var events: Int?
        var end: String?
    }

    /// Runs a closure with a TLS server and the file of its authority.
    private static func with(
        _ options: [String], scenario: String? = nil, _ body: (ServerProcess, String) async throws -> Void
    ) async throws {
        let scratch = try ScratchDirectory()
        let authority = scratch.url.appending(path: "ca.pem").path
        let file = try scenario.map { [try scratch.write($0, to: "s.yaml")] } ?? []
        let server = try await ServerProcess(file, options: ["--tls-ca-out", authority] + options)
        #expect(server.baseURL.hasPrefix("https://127.0.0.1:"))
        try await body(server, authority)
        server.child.signal(SIGTERM)
        _ = try await server.child.outcome()
    }

    /// - Parameters:
    ///   - patience: the seconds to wait for each byte. The default of ten minutes only ends a hang.
    ///   - events: the number of events to wait for without a limit; `patience` applies after them.
    private static func probe(
        _ server: ServerProcess, _ authority: String, patience: Double = 600, path: String = "/v1/chat/completions",
        events: Int? = nil
    ) async throws -> Seen {
        let python = URL(filePath: PythonClient.interpreter)
        let arguments = [PythonClient.script("tls_probe.py"), "\(server.port)", authority, "\(patience)", path]
        let outcome = try await ChildProcess(python, arguments + (events.map { ["\($0)"] } ?? [])).outcome()
        return try JSONDecoder().decode(Seen.self, from: Data(outcome.standardOutput.utf8))
    }

    @Test("The server answers over TLS 1.3 with ALPN")
    func good() async throws {
        try await Self.with(["--tls"]) { server, authority in
            let kept = try await Self.probe(server, authority)
            #expect(kept.handshake == "ok" && kept.version == "TLSv1.3" && kept.alpn == "http/1.1")
            #expect(kept.status == 200 && kept.end == "open")
            let closed = try await Self.probe(server, authority, path: "/f/connection_close/v1/chat/completions")
            #expect(closed.status == 200 && (closed.events ?? 0) > 3)
        }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var fault: String
        var handshake: String
        var testDescription: String { fault }
    }

    /// The exact messages of OpenSSL. Clients without OpenSSL have other messages.
    static let handshakes = [
        Row(fault: "bad_certificate expired", handshake: "SSLCertVerificationError certificate has expired"),
        Row(fault: "bad_certificate self_signed", handshake: "SSLCertVerificationError self-signed certificate"),
        Row(
            fault: "bad_certificate wrong_host",
            handshake: "SSLCertVerificationError Hostname mismatch, certificate is not valid for 'localhost'."),
        Row(fault: "old_protocol", handshake: "SSLError TLSV1_ALERT_PROTOCOL_VERSION"),
        Row(fault: "no_shared_protocol", handshake: "SSLError [SSL] tlsv1 alert no application protocol"),
        Row(fault: "handshake_close hello reset", handshake: "ConnectionResetError"),
        Row(fault: "handshake_close hello fin", handshake: "SSLEOFError UNEXPECTED_EOF_WHILE_READING"),
        Row(fault: "handshake_close middle fin", handshake: "SSLEOFError UNEXPECTED_EOF_WHILE_READING"),
        Row(fault: "handshake_close middle reset", handshake: "ConnectionResetError"),
        Row(fault: "handshake_stall", handshake: "TimeoutError"),
        Row(fault: "accept_close reset", handshake: "ConnectionResetError"),
        Row(fault: "connection_limit reset 0", handshake: "ConnectionResetError"),
        Row(fault: "accept_delay 50ms", handshake: "ok"),
    ]

    @Test("TLSTests covers every connection and TLS fault that `faults list` has")
    func all() async throws {
        let page = try await SparringBinary.run(["faults", "list", "--markdown"]).standardOutput
        let section = try #require(page.components(separatedBy: "\n## ").first { $0.hasPrefix("Connection and TLS") })
        let rows = section.split(separator: "\n").filter { $0.hasPrefix("| `") }
        let names = rows.compactMap {
            $0.dropFirst(3).split(whereSeparator: { " `".contains($0) }).first.map(String.init)
        }.filter { !$0.hasPrefix("h2_") }
        #expect(Set(names) == Set(Self.handshakes.compactMap { $0.fault.split(separator: " ").first.map(String.init) }))
        #expect(names.count == 8)
    }

    @Test("A broken TLS handshake raises the documented error in Python's ssl", arguments: handshakes)
    func handshake(row: Row) async throws {
        // A stall without a duration does not end, so the client disconnects after a while.
        let patience = row.fault == "handshake_stall" ? 0.5 : 600
        try await Self.with(["--tls", "--fault", row.fault]) { server, authority in
            let seen = try await Self.probe(server, authority, patience: patience)
            // The rest of the message is a place in Python's source.
            #expect(seen.handshake.hasPrefix(row.handshake), "\(seen.handshake)")
        }
    }

    @Test(
        "A stalled TLS handshake completes after its delay, and the next handshake stalls only if ordered",
        arguments: [("ok", 1), ("last", 2)])
    func stall(then: String, stalls: Int) async throws {
        let scratch = try ScratchDirectory()
        let journal = scratch.url.appending(path: "journal.sqlite").path
        let scenario = """
            schema: 1
            scenario: stalls
            otherwise: auto
            listeners: { tls: { sequence: [ handshake_stall 600ms ], then: \(then) } }
            """
        try await Self.with(["--db", journal], scenario: scenario) { server, authority in
            let first = try await Self.probe(server, authority)
            #expect(first.handshake == "ok" && first.status == 200 && first.waited >= 0.6)
            let second = try await Self.probe(server, authority)
            #expect(second.handshake == "ok" && (second.waited >= 0.6 || then == "ok"))
        }
        // The time does not show whether a handshake stalled, because every handshake is slow on a busy machine.
        let stalled = try await JournalTests.query(
            journal, "SELECT count(*) FROM exchanges WHERE faults LIKE '%handshake_stall%'")
        #expect(stalled == "\(stalls)")
    }

    @Test(
        "A fault under TLS ends the answer as ordered: cut, closed, reset or left open",
        arguments: [
            ("cut+at+event+2", "eof"), ("fin+at+event+2", "close_notify"), ("reset+at+event+2", "reset"),
            ("hang+at+event+2", "open"), ("half_close+at+event+2", "close_notify"), ("cut+at+start", "eof"),
        ])
    func endings(fault: String, end: String) async throws {
        try await Self.with(["--tls"]) { server, authority in
            let path = "/f/\(fault)/v1/chat/completions"
            let hangs = fault.hasPrefix("hang")
            let seen = try await Self.probe(
                server, authority, patience: hangs ? 0.5 : 600, path: path, events: hangs ? 2 : nil)
            #expect(seen.handshake == "ok")
            #expect(seen.end == end)
            #expect(seen.events == (fault.hasSuffix("start") ? 0 : 2))
        }
    }

    @Test(
        "A connection can be lost right after its TLS handshake",
        arguments: [("reset", ["reset"]), ("fin", ["eof", "reset"])])
    func afterHandshake(form: String, ends: [String]) async throws {
        try await Self.with(["--tls", "--fault", "handshake_close done \(form)"]) { server, authority in
            let seen = try await Self.probe(server, authority)
            // The client's handshake ends before the server's, so its request may arrive on a closed connection.
            #expect(seen.handshake == "ok" && seen.bytes == 0)
            #expect(ends.contains(seen.end ?? ""))
        }
    }

    @Test("`run --tls` makes the program trust the server, and reports the faults of its connections")
    func run() async throws {
        let (seen, report, _) = try await PythonClient.run("chat", runOptions: ["--tls"])
        #expect(seen.error == nil && seen.text?.isEmpty == false)
        #expect(report.held)
        let (hurt, broken, _) = try await PythonClient.run(
            "chat", options: ["--retries", "0"], runOptions: ["--tls", "--fault", "bad_certificate expired"])
        #expect(hurt.error?.class == "APIConnectionError")
        #expect(broken.attempts == 0)
        #expect(broken.faults.delivered >= 1)
    }

    @Test(
        "`serve` without TLS rejects faults that need TLS",
        arguments: ["cut at event 2", "handshake_stall", "old_protocol"])
    func refused(fault: String) async throws {
        let outcome = try await SparringBinary.run(["serve", "--port", "0", "--fault", fault])
        #expect(outcome.exitCode == 64)
        #expect(outcome.standardError.contains("needs TLS"), "\(outcome.standardError)")
    }
}
