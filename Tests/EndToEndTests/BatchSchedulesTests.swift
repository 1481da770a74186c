import Foundation
import TestSupport
import Testing

/// Two clients use the same batch at the same time, over sockets. The clients poll, cancel, list, download and move the clock at random,
/// and must get only statuses that the lifecycle of the API allows.
@Suite("Batches used by two clients at once", .timeLimit(.minutes(20)))
struct BatchSchedulesTests {
    /// The schedules of batches: every combination of a few durations for three of their statuses.
    private static let plans: [String] = {
        let stages = ["", "1 poll", "2 polls", "60s", "100000s", "stuck"]
        return (0..<(6 * 6 * 6)).map { index in
            let pairs = [("validating", index % 6), ("in_progress", index / 6 % 6), ("finalizing", index / 36)]
            let members = pairs.filter { $0.1 > 0 }.map { "\($0.0): \(stages[$0.1])" }
            return "{ \((members + ["cancelling: \(index % 2 == 0 ? "1 poll" : "30s")"]).joined(separator: ", ")) }"
        }
    }()

    private static var scenario: String {
        let rules = plans.enumerated().map { index, plan in
            "  - { when: { endpoint: batches.create, path.\"$.metadata.plan\": \"\(index)\" }, then: last, steps: [ { batch: \(plan) } ] }"
        }
        return "schema: 1\nscenario: plans\nrules:\n\(rules.joined(separator: "\n"))\notherwise: auto\n"
    }

    @Test("Two clients of one batch get only statuses that its lifecycle allows, in 1,000 schedules")
    func schedules() async throws {
        let server = try await ServerProcess(yaml: Self.scenario)
        let port = server.port
        let problems = try await withThrowingTaskGroup(of: [String].self) { group in
            var all: [String] = []
            for seed in 0..<1000 {
                if seed >= 6 { all += try await group.next() ?? [] }
                group.addTask {
                    try await BatchSchedule(seed: UInt64(seed), plan: seed % Self.plans.count, port: port).run()
                }
            }
            for try await problems in group { all += problems }
            return all
        }
        #expect(problems == [])
    }
}

/// One batch, used by two clients.
private struct BatchSchedule {
    let seed: UInt64
    let plan: Int
    let port: UInt16

    private var session: String { "schedule-\(seed)" }
    private var path: String { "/s/\(session)/v1" }

    struct Batch: Decodable {
        struct Counts: Decodable {
            var total: Int
            var completed: Int
            var failed: Int
        }

        var id: String
        var status: String
        var output_file_id: String?
        var error_file_id: String?
        var request_counts: Counts
    }

    struct List: Decodable {
        var data: [Batch]
    }

    struct Line: Decodable {
        var custom_id: String
    }

    /// A batch as a client received it, with the times of request and answer.
    private struct Sight {
        var batch: Batch
        var asked: ContinuousClock.Instant
        var answered: ContinuousClock.Instant
    }

    func run() async throws -> [String] {
        let (seed, port) = (seed, port)
        let total = 1 + Int(seed % 6)
        let (id, schedule) = try await blocking { (try self.create(lines: total), self) }
        async let first = blocking { try schedule.play(id, total, dice: Dice(seed: seed &* 2 + 1), port) }
        async let second = blocking { try schedule.play(id, total, dice: Dice(seed: seed &* 2 + 2), port) }
        let (a, b) = try await (first, second)
        var problems = a.problems + b.problems + order(a.sights + b.sights)
        problems += try await blocking { try schedule.settle(id, total) }
        return problems.map { "schedule \(seed), plan \(plan): \($0)" }
    }

    private func create(lines: Int) throws -> String {
        let connection = try KeptConnection(port: port)
        let text = (0..<lines).map { number in
            "{\"custom_id\":\"r\(number)\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{\"model\":\"gpt-4o-mini\","
                + "\"messages\":[{\"role\":\"user\",\"content\":\"hello \(number)\"}]}}"
        }.joined(separator: "\n")
        let form =
            "--XX\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n"
            + "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"in.jsonl\"\r\n\r\n\(text)\r\n--XX--"
        struct Object: Decodable { var id: String }
        let file = try connection.ask("POST", "\(path)/files", form, type: "multipart/form-data; boundary=XX")
            .decoded(Object.self)
        return try connection.ask(
            "POST", "\(path)/batches",
            "{\"input_file_id\":\"\(file.id)\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"24h\","
                + "\"metadata\":{\"plan\":\"\(plan)\"}}"
        ).decoded(Object.self).id
    }

    // MARK: A client

    private func play(_ id: String, _ total: Int, dice: Dice, _ port: UInt16) throws
        -> (sights: [Sight], problems: [String])
    {
        var dice = dice
        let connection = try KeptConnection(port: port)
        var (sights, problems): ([Sight], [String]) = ([], [])
        func see(_ ask: () throws -> Batch?) throws {
            let asked = ContinuousClock.now
            guard let batch = try ask() else { return }
            sights.append(Sight(batch: batch, asked: asked, answered: .now))
        }
        for _ in 0..<8 {
            switch dice.roll(6) {
            case 0:
                let step = ["1s", "59s", "1h", "50000s"][dice.roll(4)]
                let answer = try connection.ask(
                    "POST", "/_sparring/clock?session=\(session)", "{\"advance\":\"\(step)\"}")
                if answer.status != 200 { problems.append("the clock said \(answer.status)") }
            case 1:
                try see {
                    let answer = try connection.ask("POST", "\(path)/batches/\(id)/cancel")
                    if answer.status == 409 { return nil }
                    guard answer.status == 200 else {
                        throw KeptConnection.Broken(description: "cancel: \(answer.status)")
                    }
                    let batch = try answer.decoded(Batch.self)
                    if batch.status != "cancelling" { problems.append("a cancelled batch was \(batch.status)") }
                    return batch
                }
            case 2: try see { try connection.ask("GET", "\(path)/batches").decoded(List.self).data.first }
            case 3:
                guard let latest = sights.last?.batch, Self.final.contains(latest.status) else { continue }
                problems += try download(latest, total, connection)
            default: try see { try connection.ask("GET", "\(path)/batches/\(id)").decoded(Batch.self) }
            }
        }
        return (sights, problems)
    }

    private static let final: Set<String> = ["completed", "expired", "cancelled"]

    /// Every line has one result, in one of the two files.
    private func download(_ batch: Batch, _ total: Int, _ connection: KeptConnection) throws -> [String] {
        guard batch.request_counts.total > 0 else { return [] }
        var ids: [String] = []
        for file in [batch.output_file_id, batch.error_file_id].compactMap({ $0 }) {
            let answer = try connection.ask("GET", "\(path)/files/\(file)/content")
            guard answer.status == 200 else { return ["\(file) of a batch that has \(batch.status): \(answer.status)"] }
            ids += try answer.body.split(separator: 0x0A)
                .map { try JSONDecoder().decode(Line.self, from: Data($0)).custom_id }
        }
        return ids.sorted() == (0..<total).map { "r\($0)" }.sorted() ? [] : ["results of \(ids.sorted())"]
    }

    // MARK: What is allowed

    private static let next: [String: Set<String>] = [
        "validating": ["in_progress", "failed", "cancelling"], "in_progress": ["finalizing", "expired", "cancelling"],
        "finalizing": ["completed"], "cancelling": ["cancelled"],
    ]

    private static func follows(_ status: String, _ earlier: String) -> Bool {
        status == earlier || next[earlier]?.contains { follows(status, $0) } ?? false
    }

    /// An answer that arrived before another request was sent must not show a later state than the answer to that request, for both
    /// clients.
    private func order(_ sights: [Sight]) -> [String] {
        var problems: [String] = []
        for earlier in sights {
            for later in sights where earlier.answered <= later.asked {
                let (a, b) = (earlier.batch, later.batch)
                if !Self.follows(b.status, a.status) { problems.append("\(a.status) became \(b.status)") }
                let (old, new) = (a.request_counts, b.request_counts)
                if new.completed < old.completed || new.failed < old.failed || new.total < old.total {
                    problems.append("\(old) became \(new)")
                }
            }
        }
        return problems
            + sights.map(\.batch).filter {
                $0.request_counts.completed + $0.request_counts.failed > $0.request_counts.total
            }
            .map { "more results than lines: \($0.request_counts)" }
    }

    /// The batch ends after any schedule, with one result for every line.
    private func settle(_ id: String, _ total: Int) throws -> [String] {
        let connection = try KeptConnection(port: port)
        for _ in 0..<12 {
            let batch = try connection.ask("GET", "\(path)/batches/\(id)").decoded(Batch.self)
            if Self.final.contains(batch.status) { return try download(batch, total, connection) }
            // A stuck batch is cancelled if that is still allowed, because it would not end otherwise.
            if batch.status != "finalizing" { _ = try connection.ask("POST", "\(path)/batches/\(id)/cancel") }
            _ = try connection.ask("POST", "/_sparring/clock?session=\(session)", "{\"advance\":\"100000s\"}")
        }
        let batch = try connection.ask("GET", "\(path)/batches/\(id)").decoded(Batch.self)
        // A batch that the scenario keeps in `finalizing` never ends.
        let isStuck = Self.isStuckAtTheEnd(plan) && batch.status == "finalizing"
        return isStuck ? [] : ["has not ended, but is \(batch.status)"]
    }

    private static func isStuckAtTheEnd(_ plan: Int) -> Bool { plan / 36 == 5 }
}

/// SplitMix64: the same seed gives the same numbers.
private struct Dice {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func roll(_ sides: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ (z >> 31)) % UInt64(sides))
    }
}
