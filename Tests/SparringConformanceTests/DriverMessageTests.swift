import Foundation
import SparringJSON
import SparringScenario
import Testing

@testable import SparringConformance

/// Checks the program against the lines of `fixtures/drivers/messages.jsonl`; `make check` checks `driver-v1.json` against them.
@Suite("Messages of the driver protocol")
struct DriverMessageTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var shape: String
        var problem: String?
        var message: JSONValue

        var testDescription: String { "\(shape): \(message.text())" }
    }

    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static let rows: [Row] = {
        let text = try? String(contentsOf: root.appending(path: "fixtures/drivers/messages.jsonl"), encoding: .utf8)
        return (text ?? "").split(separator: "\n").compactMap { line in
            guard let json = try? JSONValue.parse(String(line)), let message = json["message"] else { return nil }
            return Row(shape: json["shape"]?.string ?? "", problem: json["problem"]?.string, message: message)
        }
    }()

    static let shapes: [String: MessageShape] = [
        "start": .start, "run": .run, "stop": .stop, "introduction": .introduction, "outcome": .outcome,
        "skipped": .skipped, "refusal": .refusal,
    ]

    @Test("A driver message is accepted, or rejected with the place of its problem", arguments: rows)
    func row(row: Row) throws {
        let shape = try #require(Self.shapes[row.shape])
        let problem: String?
        do throws(ProtocolProblem) {
            try shape.check(row.message)
            problem = nil
        } catch { problem = error.description }
        if let expected = row.problem {
            #expect(problem?.contains(expected) == true, "\(problem ?? "no problem was reported")")
        } else {
            #expect(problem == nil)
        }
    }

    @Test("The file with driver messages has more than 20 rows")
    func rowsAreRead() { #expect(Self.rows.count > 20) }

    @Test("The driver schema defines every message with the members and error kinds of the program")
    func schema() throws {
        let file = Self.root.appending(path: "scenarios/schema/driver-v1.json")
        let definitions = try JSONValue.parse(Array(Data(contentsOf: file)))["$defs"]
        #expect(Set(definitions?.object?.names ?? []) == Set(Self.shapes.keys))
        for (name, shape) in Self.shapes {
            let properties = Set(definitions?[name]?["properties"]?.object?.names ?? [])
            #expect(properties.subtracting(["id"]) == Set(shape.members.map(\.name)).subtracting(["id"]), "\(name)")
        }
        let kinds = definitions?["outcome"]?["properties"]?["error"]?["properties"]?["kind"]?["enum"]?.array ?? []
        #expect(kinds.compactMap(\.string) == ErrorKind.allCases.map(\.rawValue))
    }

    @Test(
        "A task with a schema sends the schema where its endpoint expects it",
        arguments: [
            (
                CaseTask.Operation.chat, "response_format",
                #"{"type":"json_schema","json_schema":{"name":"answer","strict":true,"schema":{"type":"object"}}}"#
            ),
            (
                .responsesStream, "text",
                #"{"format":{"type":"json_schema","name":"answer","strict":true,"schema":{"type":"object"}}}"#
            ),
        ])
    func schemaOfTask(operation: CaseTask.Operation, member: String, value: String) throws {
        let task = CaseTask(operation: operation, schema: ["type": "object"])
        #expect(task.request(session: "s")?.body[member]?.text() == value)
        #expect(task.json(session: "s")["schema"] == ["type": "object"])
        #expect(CaseTask(operation: operation).request(session: "s")?.body[member] == nil)
    }

    @Test("The commands of the kit follow the driver protocol")
    func commands() throws {
        try MessageShape.start.check(DriverProtocol.start(kit: "1.0"))
        try MessageShape.stop.check(DriverProtocol.stop)
        let subject = try OutcomeGradingTests.subject("exit: 0")
        let run = DriverProtocol.run(
            subject, id: "1", baseURL: "http://127.0.0.1:1/s/7f3a/v1", apiKey: "sk", session: "7f3a",
            deadline: .milliseconds(1500))
        try MessageShape.run.check(run)
        #expect(run["deadline_ms"] == 1500)
        #expect(run["input"]?["messages"]?[0]?["content"] == "ping 7f3a")
    }

    @Test(
        "A printed outcome is the last line of the output if it is marked as one",
        arguments: [
            ("thinking…\n{\"sparring\":1,\"ok\":true,\"text\":\"pong\"}\n\n", "pong"),
            ("{\"ok\":true,\"text\":\"pong\"}\n", nil), ("{\"sparring\":1,\"ok\":true}\nbye\n", nil), ("", nil),
            ("{\"sparring\":1,\"ok\":tru", nil),
        ])
    func printed(output: String, text: String?) throws {
        let outcome = try Outcome.printed(in: output)
        #expect(outcome?.text == text)
        #expect((outcome == nil) == (text == nil))
    }

    @Test("An invalid printed outcome is reported with the nearest valid value")
    func printedProblem() {
        let problem = #expect(throws: ProtocolProblem.self) {
            try Outcome.printed(in: "{\"sparring\":1,\"ok\":false,\"error\":{\"kind\":\"time_out\"}}")
        }
        #expect(problem?.description.contains("did you mean timeout?") == true)
    }

    @Test("A misspelled member of an outcome is reported, and a new member is not")
    func suspects() {
        let suspects = MessageShape.outcome.suspects(in: ["ok": true, "txet": "pong", "weather": "fine"])
        #expect(suspects == ["`txet` is not part of the protocol and is ignored: did you mean `text`?"])
    }
}
