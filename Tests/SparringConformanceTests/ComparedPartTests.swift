import SparringExchange
import SparringScenario
import SparringWire
import Testing

@testable import SparringConformance

@Suite("The comparison of attempts")
struct ComparedPartTests {
    private static func form(_ boundary: String, _ parts: [String]) -> Sight.Attempt {
        let body = parts.map { "--\(boundary)\r\ncontent-disposition: form-data; \($0)\r\n" }.joined()
        return Sight.Attempt(
            came: 0, left: 1, body: body + "--\(boundary)--\r\n",
            headers: ["content-type": "multipart/form-data; boundary=\(boundary)"])
    }

    private static let purpose = "name=purpose\r\n\r\nbatch"
    private static let file = "name=file; filename=a.jsonl\r\n\r\n{}"

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var attempts: [Sight.Attempt]
        var verdict: Verdict
    }

    private static func verdict(_ expectation: Expectation, _ check: String, _ attempts: [Sight.Attempt]) -> Verdict? {
        Grading.checks(of: .of(expectation), seeing: Sight.of(attempts)).first { $0.id.hasSuffix("#\(check)") }?.verdict
    }

    @Test(
        "Bodies of forms are compared by their parts",
        arguments: [
            Row(
                testDescription: "another boundary",
                attempts: [form("a", [purpose, file]), form("b", [purpose, file])], verdict: .pass),
            Row(
                testDescription: "another order of the fields",
                attempts: [form("a", [purpose, file]), form("b", [file, purpose])], verdict: .pass),
            Row(
                testDescription: "an empty file",
                attempts: [
                    form("a", [purpose, file]), form("b", [purpose, "name=file; filename=a.jsonl\r\n\r\n"]),
                ], verdict: .fail),
            Row(
                testDescription: "another file name",
                attempts: [
                    form("a", [purpose, file]), form("b", [purpose, "name=file; filename=b.jsonl\r\n\r\n{}"]),
                ], verdict: .fail),
            Row(
                testDescription: "a part less", attempts: [form("a", [purpose, file]), form("a", [file])],
                verdict: .fail),
            Row(
                testDescription: "another order of equal names",
                attempts: [
                    form("a", ["name=x\r\n\r\n1", "name=x\r\n\r\n2"]),
                    form("a", ["name=x\r\n\r\n2", "name=x\r\n\r\n1"]),
                ], verdict: .fail),
        ])
    func forms(row: Row) {
        #expect(Self.verdict(.init(identical: [.body]), "identical.body", row.attempts) == row.verdict)
    }

    @Test("Bodies that were not stored are compared by the engine's count of equal requests")
    func streamed() {
        var first = Sight.Attempt(came: 0, left: 1, body: "")
        first.streamedBytes = 100_000
        var second = first
        second.equal = 2
        #expect(Self.verdict(.init(identical: [.body]), "identical.body", [first, second]) == .pass)
        second.equal = 1
        #expect(Self.verdict(.init(identical: [.body]), "identical.body", [first, second]) == .fail)
    }

    @Test(
        "Grading distinguishes attempts with the same key from attempts with another key, in every header that can carry it",
        arguments: [
            (name: "authorization", first: "Bearer a", second: "Bearer a", verdict: Verdict.fail),
            ("authorization", "Bearer a", "Bearer b", .pass),
            ("api-key", "a", "a", .fail), ("api-key", "a", "b", .pass), ("x-api-key", "a", "b", .pass),
        ])
    func keys(row: (name: String, first: String, second: String, verdict: Verdict)) {
        let attempts = [row.first, row.second].map { value in
            Sight.Attempt(came: 0, left: 1, headers: HeaderFields([HeaderFields.Field(row.name, value)]))
        }
        #expect(Self.verdict(.init(distinct: [.key]), "distinct.key", attempts) == row.verdict)
    }

    @Test("A poll of a background response is not an attempt, unless a step of the script answers it")
    func polls() {
        let call = Sight.Attempt(came: 0, left: 1)
        var poll = Sight.Attempt(came: 2, left: 3)
        poll.endpoint = "responses.retrieve"
        #expect(Self.verdict(.init(attempts: [.init(1...1)]), "attempts", [call, poll]) == .pass)
        poll.step = "rule 2, step 1"
        #expect(Self.verdict(.init(attempts: [.init(1...1)]), "attempts", [call, poll]) == .fail)
    }
}
