import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Synchronization
import TestSupport
import Testing

@testable import SparringEngine
@testable import SparringPostgres

/// A server without sockets that works on the batches of a database, until it "dies": it then leaves its claims to the
/// database, as after SIGKILL.
private final class Server: Sendable {
    let engine: Engine
    let store: PostgresObjectStore

    init(_ fixture: PostgresFixture, name: String, sinks: [any ExchangeSink] = []) throws {
        store = try fixture.store(name: name)
        engine = Engine(scenario: .auto, store: store, sinks: sinks, wallClock: { 1_795_232_605 })
    }

    static let now = Moment(nanoseconds: 1_000_000_000)

    func send(_ method: String, _ path: String, _ body: String = "", type: String? = nil) -> JSONValue {
        let text = text(method, path, body, type: type)
        return (try? JSONValue.parse(text)) ?? .null
    }

    func text(_ method: String, _ path: String, _ body: String = "", type: String? = nil) -> String {
        var headers: HeaderFields = ["authorization": "Bearer x"]
        headers["content-type"] = type
        let request = Request(method: method, target: "/v1" + path, headers: headers, body: Array(body.utf8))
        let performance = engine.respond(to: request, connection: 1, now: Self.now)
        engine.ended(performance, timeline: Timeline())
        let text = String(decoding: performance.script.bytes, as: UTF8.self)
        return String(text[(text.firstRange(of: "\r\n\r\n")?.upperBound ?? text.startIndex)...])
    }

    /// Creates a batch. Returns its id.
    func create(lines: Int) -> String {
        let text = (0..<lines).map { number in
            """
            {"custom_id":"r\(number)","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o-mini",\
            "messages":[{"role":"user","content":"hello \(number)"}]}}
            """
        }
        let form =
            "--XX\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n"
            + "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"in.jsonl\"\r\n\r\n"
            + text.joined(separator: "\n") + "\r\n--XX--"
        let file = send("POST", "/files", form, type: "multipart/form-data; boundary=XX")["id"]?.string ?? "none"
        let body =
            "{\"input_file_id\":\"\(file)\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"24h\"}"
        return send("POST", "/batches", body)["id"]?.string ?? "none"
    }

    /// Works in the same way as `BatchRunner`.
    func work(turns: Int = .max) throws {
        try engine.batches.lookForWork()
        var left = turns
        while left > 0, engine.batches.turn(now: Self.now) { left -= 1 }
    }
}

/// Counts the lines that servers report as committed.
private final class Committed: ExchangeSink, LineSink {
    private let lines = Atomic(0)
    var count: Int { lines.load(ordering: .sequentiallyConsistent) }
    func receive(_ exchange: Exchange) {}
    func receive(_ lines: [AnsweredLine], at unixSeconds: Int) {
        self.lines.add(lines.count, ordering: .sequentiallyConsistent)
    }
}

@Suite(
    "Batches of several servers", .enabled(if: PostgresServer.isInstalled, "\(PostgresServer.missing)"),
    .timeLimit(.minutes(20)))
struct PostgresBatchTests {
    /// Fails unless the batch has exactly one result for each line.
    private static func check(_ batch: String, _ lines: Int, at server: Server) throws {
        let file = server.send("GET", "/batches/\(batch)")["output_file_id"]?.string ?? "none"
        let record = try server.store.record(ObjectKey(session: "default", kind: .file, id: file))
        var reader = ByteReader(try #require(record.flatMap(StoredFile.init)).content, in: server.store)
        let ids = try reader.rest().split(separator: 0x0A).map { line in
            try JSONValue.parse(Array(line))["custom_id"]?.string ?? "none"
        }
        // The expectation compares booleans, because the message of a failure would contain all ids.
        let (isOnce, isComplete) = (Set(ids).count == ids.count, Set(ids) == Set((0..<lines).map { "r\($0)" }))
        #expect(isOnce && isComplete, "\(ids.count) results for \(lines) lines of \(batch)")
    }

    @Test("A file and a batch of one server are found, listed and downloaded at another")
    func found() throws {
        let fixture = try PostgresFixture()
        let (first, second) = (try Server(fixture, name: "a"), try Server(fixture, name: "b"))
        let batch = first.create(lines: 3)
        let listed = second.send("GET", "/batches")["data"]?[0]?["id"]?.string
        #expect(listed == batch)
        try first.work()
        try Self.check(batch, 3, at: second)
        // With the same seed, the second server makes ids that the first server has used, and then chooses other ids.
        let other = second.create(lines: 2)
        #expect(other != batch && other.hasPrefix("batch_"))
    }

    @Test("A request that may wait for the database is not decided on an event loop, and a chat call is")
    func threads() throws {
        let server = try Server(PostgresFixture(), name: "a")
        let paths = ["/v1/responses", "/v1/files", "/v1/vector_stores", "/v1/batches", "/v1/chat/completions"]
        let waiting = paths.filter { server.engine.mayBlock(on: Request(method: "POST", target: $0)) }
        #expect(waiting == Array(paths.dropLast()))
    }

    @Test("While one server works on a batch, another leaves it alone, and takes it over when the first one dies")
    func takenOver() throws {
        let fixture = try PostgresFixture()
        let (lines, committed) = (700, Committed())
        let first = try Server(fixture, name: "first", sinks: [committed])
        let second = try Server(fixture, name: "second", sinks: [committed])
        let batch = first.create(lines: lines)
        // The two turns are the validation and the answers to 256 lines.
        try first.work(turns: 2)
        try second.work()
        #expect(committed.count == 256)
        let counts = second.send("GET", "/batches/\(batch)")["request_counts"]
        #expect(counts?["completed"]?.int == 256 && committed.count == 256, "a poll at the second server adds no work")
        _ = try fixture.numbers(
            "SELECT pg_terminate_backend(pid, 60000)::int FROM pg_stat_activity WHERE application_name = 'first'")
        try second.work()
        #expect(committed.count == lines)
        try Self.check(batch, lines, at: second)
    }

    @Test("Servers that work on many batches at the same time give each line one result")
    func atOnce() async throws {
        let fixture = try PostgresFixture()
        let (lines, committed) = (400, Committed())
        let servers = try ["a", "b", "c"].map { try Server(fixture, name: $0, sinks: [committed]) }
        let batches = servers.flatMap { server in (0..<2).map { _ in server.create(lines: lines) } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for server in servers {
                group.addTask {
                    try await blocking {
                        while committed.count < batches.count * lines { try server.work() }
                        try server.work()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(committed.count == batches.count * lines)
        for batch in batches { try Self.check(batch, lines, at: servers[0]) }
    }

    @Test("Connections that break in the middle of batches double no line and lose none")
    func broken() async throws {
        let fixture = try PostgresFixture()
        let (lines, committed) = (1_500, Committed())
        let servers = try ["a", "b"].map { try Server(fixture, name: $0, sinks: [committed]) }
        let batches = (0..<3).map { _ in servers[0].create(lines: lines) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for server in servers {
                group.addTask {
                    try await blocking {
                        func isDone(_ batch: String) -> Bool {
                            server.send("GET", "/batches/\(batch)")["status"]?.string == "completed"
                        }
                        // A step whose connection breaks fails, and is done again.
                        while !batches.allSatisfy(isDone) { try? server.work() }
                    }
                }
            }
            group.addTask {
                try await blocking {
                    // The connection breaks after every one or two committed steps.
                    var seen = 0
                    while seen < batches.count * lines - 1_000 {
                        guard committed.count > seen + 300 else { continue }
                        seen = committed.count
                        try fixture.endConnections()
                    }
                }
            }
            try await group.waitForAll()
        }
        for batch in batches { try Self.check(batch, lines, at: servers[0]) }
    }
}
