import SparringAPI
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Batches")
struct BatchOperationTests {
    static func plan(_ stages: [BatchObject.Status: BatchPlan.Stage], _ edit: (inout BatchPlan) -> Void = { _ in })
        -> BatchPlan
    {
        var plan = BatchPlan()
        plan.stages = stages
        edit(&plan)
        return plan
    }

    @Test("A batch answers every line once, out of order, with failures in an error file")
    func results() {
        let bad = BatchServer.line(40).replacing("\"model\":\"gpt-4o-mini\"", with: "\"model\":\"gpt-4o-mini\",\"n\":0")
        let input = ((0..<40).map(BatchServer.line) + [bad, ""]).joined(separator: "\n")
        let batch = BatchServer(input: input)
        #expect(batch.created.json["status"] == "validating")
        let done = batch.poll()
        #expect(done["status"] == "completed")
        #expect(done["request_counts"] == ["total": 41, "completed": 40, "failed": 1])
        #expect(done["usage"]?["total_tokens"]?.int ?? 0 > 0)
        let ids = batch.results("output_file_id").compactMap { $0["custom_id"]?.string }
        #expect(Set(ids) == Set((0..<40).map { "r\($0)" }) && ids.count == 40)
        #expect(ids != (0..<40).map { "r\($0)" })
        let failed = batch.results("error_file_id")
        #expect(failed.map { $0["response"]?["status_code"]?.int } == [400])
        #expect(failed[0]["error"] == JSONValue.null && failed[0]["custom_id"] == "r40")
    }

    @Test("A batch moves through its statuses as it is polled")
    func polls() {
        let batch = BatchServer(
            Self.plan([.validating: .polls(1), .inProgress: .polls(2), .finalizing: .polls(1)]), lines: 4)
        var seen: [JSONValue] = []
        for _ in 0..<5 { seen.append(batch.poll()) }
        #expect(
            seen.map { $0["status"]?.string } == [
                "validating", "in_progress", "in_progress", "finalizing", "completed",
            ])
        #expect(seen.map { $0["request_counts"]?["completed"]?.int } == [0, 0, 2, 4, 4])
        #expect(seen.map { $0["request_counts"]?["total"]?.int } == [0, 4, 4, 4, 4])
    }

    @Test("A batch moves through its statuses by the session's clock, with a timestamp for each")
    func time() {
        let batch = BatchServer(
            Self.plan([.validating: .seconds(60), .inProgress: .seconds(7200), .finalizing: .seconds(30)]), lines: 4)
        var seen = [batch.poll()]
        for step in [Duration.seconds(60), .seconds(3600), .seconds(3600), .seconds(30)] {
            batch.advance(step)
            seen.append(batch.poll())
        }
        #expect(
            seen.map { $0["status"]?.string } == [
                "validating", "in_progress", "in_progress", "finalizing", "completed",
            ])
        #expect(seen.map { $0["request_counts"]?["completed"]?.int } == [0, 0, 2, 4, 4])
        let start = seen[0]["created_at"]?.int ?? 0
        let stamps = ["in_progress_at", "finalizing_at", "completed_at", "expires_at"].map { seen[4][$0]?.int }
        #expect(stamps == [start + 60, start + 7260, start + 7290, start + 86_400])
    }

    @Test("A batch that is polled a day late has ended at its planned time")
    func late() {
        let batch = BatchServer(Self.plan([.validating: .seconds(60), .inProgress: .seconds(600)]))
        batch.advance(.seconds(90_000))
        let done = batch.poll()
        #expect(done["status"] == "completed")
        #expect((done["completed_at"]?.int ?? 0) - (done["created_at"]?.int ?? 0) == 660)
    }

    @Test("A batch expires at the end of its window and keeps the finished results")
    func expiry() {
        let batch = BatchServer(Self.plan([.inProgress: .seconds(172_800)]), lines: 4)
        batch.advance(.seconds(86_399))
        #expect(batch.poll()["status"] == "in_progress")
        batch.advance(.seconds(1))
        let done = batch.poll()
        #expect(done["status"] == "expired")
        #expect(done["expired_at"] == done["expires_at"])
        #expect(done["request_counts"] == ["total": 4, "completed": 2, "failed": 2])
        #expect(
            batch.results("error_file_id").map { $0["error"]?["code"]?.string } == ["batch_expired", "batch_expired"])
        #expect(batch.results("output_file_id").count == 2)
    }

    @Test("A batch can be cancelled only while it runs")
    func cancellation() {
        let batch = BatchServer(Self.plan([.inProgress: .polls(2), .cancelling: .polls(1)]), lines: 4)
        #expect(batch.statuses(1) == ["in_progress"])
        #expect(batch.cancel().json["status"] == "cancelling")
        #expect(batch.cancel().status == 200)
        #expect(batch.statuses(2) == ["cancelling", "cancelled"])
        #expect(batch.poll()["request_counts"] == ["total": 4, "completed": 2, "failed": 2])
        #expect(batch.results("error_file_id").allSatisfy { $0["error"]?["code"] == "batch_cancelled" })
        let again = batch.cancel()
        #expect(again.status == 409)
        #expect(again.json["error"]?["message"] == "Cannot cancel a batch with status 'cancelled'.")
    }

    @Test("A batch ends as the scenario orders: failed, without output, stuck or expired")
    func outcomes() {
        let failing = BatchServer(
            Self.plan([:]) { $0.failure = BatchError(code: "token_limit_exceeded", message: "no") })
        #expect(failing.poll()["errors"]?["data"]?[0]?["code"] == "token_limit_exceeded")
        #expect(failing.poll()["status"] == "failed")
        let silent = BatchServer(Self.plan([:]) { $0.hasOutput = false })
        #expect(silent.poll()["status"] == "completed" && silent.poll()["output_file_id"] == JSONValue.null)
        let stuck = BatchServer(Self.plan([.finalizing: .stuck]))
        stuck.advance(.seconds(200_000))
        #expect(stuck.statuses(3) == ["finalizing", "finalizing", "finalizing"])
        let half = BatchServer(Self.plan([:]) { $0.expiresAfter = 0.5 }, lines: 4)
        #expect(half.poll()["status"] == "expired")
        #expect(half.poll()["request_counts"] == ["total": 4, "completed": 2, "failed": 2])
    }

    @Test("Batch lines use the scenario's steps, and connection faults become errors of a line")
    func lines() {
        let rule = Rule(
            condition: .field(.endpoint, .equals("chat.completions")),
            steps: [
                Step(.text(Template(literal: "one"))), Step(.error(ErrorAnswer(name: "server_error"))),
                Self.faulty(.ending(.reset)), Self.faulty(.ending(.hang(nil))), Self.faulty(.action(.malformedJSON)),
            ])
        let batch = BatchServer(lines: 5, rules: [rule])
        let results = (batch.results("output_file_id") + batch.results("error_file_id"))
            .sorted { $0["custom_id"]?.string ?? "" < $1["custom_id"]?.string ?? "" }
        let content = results.first?["response"]?["body"]?["choices"]?[0]?["message"]?["content"]
        #expect(content == "one")
        #expect(results.map { $0["response"]?["status_code"]?.int } == [200, 500, nil, nil, 200])
        #expect(
            results.map { $0["error"]?["code"]?.string } == [nil, nil, "server_error", "request_timeout", nil])
        #expect(results.last?["response"]?["body"]?.string != nil, "a body that is not JSON is text")
    }

    private static func faulty(_ effect: Fault.Effect) -> Step {
        var step = Step(.text(Template(literal: "x")))
        step.faults = [Fault(at: .start, effect)]
        return step
    }

    @Test("Another server continues a batch and answers no line twice")
    func resumed() {
        let store = MemoryStore()
        let first = BatchServer(lines: 700, store: store)
        for _ in 0..<3 { _ = first.server.engine.batches.turn(now: first.server.now) }
        let second = ObjectServer(Scenario(name: "s", otherwise: .auto), store: store)
        #expect(throws: Never.self) { try second.engine.batches.run {} }
        while second.engine.batches.turn(now: second.now) {}
        #expect(first.poll()["request_counts"] == ["total": 700, "completed": 700, "failed": 0])
        let ids = first.results("output_file_id").compactMap { $0["custom_id"]?.string }
        #expect(ids.count == 700 && Set(ids).count == 700)
    }

    @Test("A batch stops when its session is restarted")
    func startedOver() throws {
        let server = BatchServer()
        let sessions = server.server.engine.sessions
        let session = try #require(sessions.existing("default"))
        let id = try #require(server.created.json["id"]?.string)
        let key = ObjectKey(session: "default", kind: .batch, id: id)
        let record = try #require(try sessions.store.record(key))
        var batch = try #require(StoredBatch(record))
        let now = server.server.now
        let step = BatchStep(
            session: session, life: session.life, now: now, wallTime: 1_795_232_605, unixTime: 1_795_232_605)
        _ = try step.take(&batch)
        #expect(batch.object.status == .inProgress)
        var other = batch
        let isWork = try step.take(&other) != nil
        session.restart()
        let isOver = try step.take(&batch) == nil
        #expect(isWork && isOver && batch.done == 0 && other.done == 3)
    }

    @Test("A session lists only its own batches")
    func listed() {
        let batch = BatchServer()
        let ids = batch.server.send("GET", "/batches").json["data"]?.array?.map { "/batches/\($0["id"]?.string ?? "")" }
        #expect(ids == [batch.path])
        let other = batch.server.send("GET", batch.path, headers: ["x-sparring-session": "other"])
        #expect(other.json["error"]?["message"]?.string?.hasPrefix("No batch found with id 'batch_") ?? false)
        #expect(batch.server.send("GET", "/batches?limit=101").status == 400)
    }

    /// The next statuses that the API's lifecycle allows.
    static let next: [String: Set<String>] = [
        "validating": ["in_progress", "failed", "cancelling"], "in_progress": ["finalizing", "expired", "cancelling"],
        "finalizing": ["completed"], "cancelling": ["cancelled"],
    ]

    static func follows(_ status: String, _ earlier: String) -> Bool {
        status == earlier || next[earlier]?.contains { follows(status, $0) } ?? false
    }

    /// Runs one of a thousand random schedules of polls, cancellations, clock moves and downloads.
    @Test("A batch shows only statuses that its lifecycle allows, in random schedules", arguments: 0..<1000)
    func schedules(seed: Int) {
        var dice = IDMint(seed: UInt64(seed))
        func roll(_ sides: Int) -> Int { Int(dice.next() % UInt64(sides)) }
        let stages: [BatchPlan.Stage] = [.work, .polls(1), .polls(2), .seconds(60), .seconds(100_000), .stuck]
        let plan = Self.plan(
            Dictionary(uniqueKeysWithValues: BatchPlan.staged.map { ($0, stages[roll(stages.count)]) }))
        let total = 1 + roll(6)
        let batch = BatchServer(plan, lines: total)
        var last = batch.created.json
        for _ in 0..<12 {
            var seen = last
            switch roll(5) {
            case 0: batch.advance(.seconds([1, 59, 3600, 50_000][roll(4)]))
            case 1:
                let answer = batch.cancel()
                #expect(answer.status == 200 || answer.status == 409)
                if answer.status == 200 { seen = answer.json }
            case 2: _ = batch.server.engine.batches.turn(now: batch.server.now)
            case 3: seen = batch.server.send("GET", "/batches").json["data"]?[0] ?? .null
            default: seen = batch.poll()
            }
            let (status, earlier) = (seen["status"]?.string ?? "none", last["status"]?.string ?? "none")
            #expect(Self.follows(status, earlier), "\(earlier) became \(status)")
            let counts = ["total", "completed", "failed"].map { seen["request_counts"]?[$0]?.int ?? -1 }
            #expect(counts[1] + counts[2] <= counts[0] && counts[0] <= total)
            #expect(counts[1] >= last["request_counts"]?["completed"]?.int ?? 0)
            if ["completed", "expired", "cancelled"].contains(status), counts[0] > 0 {
                #expect(counts[1] + counts[2] == total)
                let ids = (batch.results("output_file_id") + batch.results("error_file_id"))
                    .compactMap { $0["custom_id"]?.string }
                #expect(ids.count == total && Set(ids).count == total, "every line has one result")
            }
            last = seen
        }
    }
}
