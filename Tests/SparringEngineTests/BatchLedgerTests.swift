import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Batch lines in the usage ledger")
struct BatchLedgerTests {
    private static func rows(_ ledger: UsageStatistics, _ dimensions: [UsageReport.Dimension]) -> [UsageReport.Row] {
        UsageReport(ledger.reading, by: dimensions, only: [(.endpoint, "chat.completions")]).rows
    }

    @Test("A batch line counts as a call of its endpoint at half price after it is committed")
    func halfPrice() throws {
        let ledger = UsageStatistics()
        let batch = BatchServer(lines: 4, sinks: [ledger])
        #expect(Self.rows(ledger, []).isEmpty, "nothing is counted before it is committed")
        let usage = try #require(batch.poll()["usage"])
        _ = batch.server.send(
            "POST", "/chat/completions", #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hello 1"}]}"#)
        let row = try #require(Self.rows(ledger, [.model]).first)
        #expect(row.line.requests == 5 && row.line.batched == 4)
        #expect(row.line.statuses.map(\.count) == [5])
        // Five equal calls, four of them at half price.
        let whole = (row.dollars ?? 0) / 3
        let input = usage["input_tokens"]?.int ?? 0
        let output = usage["output_tokens"]?.int ?? 0
        let price = (Double(input) * 0.15 + Double(output) * 0.6) / 4e6
        #expect(abs(whole - price) < 1e-12)
    }

    @Test("A batch line has the key and metadata of its batch and counts its own errors")
    func whose() throws {
        let ledger = UsageStatistics()
        let bad = BatchServer.line(1).replacing("\"model\":\"gpt-4o-mini\"", with: "\"model\":\"gpt-4o-mini\",\"n\":0")
        let batch = BatchServer(input: BatchServer.line(0) + "\n" + bad, sinks: [ledger])
        _ = batch.poll()
        let row = try #require(Self.rows(ledger, [.key]).first)
        #expect(row.values == [KeyName.of("Bearer x")])
        #expect(row.line.statuses.map(\.status).sorted() == [200, 400] && row.errors == 1)
        let tagged = UsageStatistics()
        let line = BatchLine.parsed(BatchServer.line(0))
        var stored = StoredBatch(
            BatchObject(
                id: "batch_1", endpoint: "/v1/chat/completions", inputFile: "f", metadata: ["team": "red"], created: 1),
            plan: BatchPlan(), input: StoredBytes(), caller: Caller(), validation: .strict)
        stored.keyName = "sk-…abcd"
        let answer = Answer(status: 200).using(Usage(input: 1000))
        tagged.receive([try #require(AnsweredLine(line, of: stored, in: "s", answer, faults: 1))], at: 0)
        let report = UsageReport(tagged.reading, by: [.tag("metadata.team"), .key])
        #expect(report.rows.first?.values == ["red", "sk-…abcd"])
        #expect(report.rows.first?.line.faults == 1)
        #expect(StoredBatch(stored.record(in: "s"))?.keyName == "sk-…abcd")
    }

    @Test("A batch line that was cancelled or expired has no usage", arguments: [true, false])
    func leftOut(isCancelled: Bool) {
        let ledger = UsageStatistics()
        var plan = BatchPlan()
        plan.stages[.inProgress] = isCancelled ? .stuck : .work
        if !isCancelled { plan.expiresAfter = 0.5 }
        let batch = BatchServer(plan, lines: 4, sinks: [ledger])
        if isCancelled { _ = batch.poll(); _ = batch.cancel() }
        #expect(batch.poll()["status"]?.string == (isCancelled ? "cancelled" : "expired"))
        #expect(Self.rows(ledger, []).first?.line.batched ?? 0 == (isCancelled ? 0 : 2))
    }

    @Test("A batch line is counted once when several servers work on the batch")
    func once() async throws {
        let store = MemoryStore()
        let first = UsageStatistics()
        let batch = BatchServer(lines: 3000, store: store, sinks: [first])
        let others = (0..<3).map { _ in UsageStatistics() }
        let engines =
            [batch.server.engine]
            + others.map { ledger in
                Engine(
                    scenario: Scenario(name: "s", otherwise: .auto), store: store, sinks: [ledger],
                    wallClock: { 1_795_232_605 })
            }
        for engine in engines.dropFirst() { try engine.batches.run {} }
        await withTaskGroup(of: Void.self) { group in
            for engine in engines {
                group.addTask {
                    while engine.batches.turn(now: Moment(nanoseconds: 1_000_000_000)) { await Task.yield() }
                }
            }
        }
        let counts = ([first] + others).map { Self.rows($0, []).first?.line.batched ?? 0 }
        #expect(counts.reduce(0, +) == 3000, "\(counts)")
        #expect(batch.poll()["request_counts"]?["completed"] == 3000)
    }
}

extension BatchLine {
    fileprivate static func parsed(_ text: String) -> BatchLine {
        do { return try BatchLine(Array(text.utf8), number: 1, endpoint: "/v1/chat/completions") } catch {
            preconditionFailure("\(error)")
        }
    }
}
