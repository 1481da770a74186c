import Foundation
import Testing

/// Tests the JSON output of the commands that list something.
@Suite("Lists in JSON", .timeLimit(.minutes(20)))
struct ListTests {
    @Test(
        "The JSON array of each list command has the same names as its text output",
        arguments: [("cases", "id"), ("scenarios", "name"), ("faults", "name"), ("errors", "name")])
    func lists(command: String, key: String) async throws {
        let json = try await SparringBinary.run([command, "--json"])
        #expect(json.exitCode == 0, "\(json.standardError)")
        let rows = try #require(
            JSONSerialization.jsonObject(with: Data(json.standardOutput.utf8)) as? [[String: Any]])
        #expect(rows.count > 10)
        let text = try await SparringBinary.run([command]).standardOutput
        for row in rows {
            let name = try #require(row[key] as? String)
            #expect(text.contains(name))
        }
    }

    @Test("A case in JSON has its requirements as sentences, and the answers of the server")
    func caseInJSON() async throws {
        let json = try await SparringBinary.run(["cases", "body.cut-short", "--json"])
        let rows = try JSONSerialization.jsonObject(with: Data(json.standardOutput.utf8)) as? [[String: Any]]
        let row = try #require(rows?.first)
        let requirement = try #require((row["requirements"] as? [[String: String]])?.first)
        #expect(
            requirement == [
                "check": "body.cut-short#exit", "level": "must", "requirement": "The program reports that it failed",
            ])
        let answer = try #require((row["answers"] as? [[String: Any]])?.first)
        #expect(answer["status"] as? Int == 200 && answer["marbles"] as? String == "H!b|")
    }

    @Test("`schema` prints a schema that needs no other file, and suggests a name for an unknown one")
    func schemas() async throws {
        let scenario = try await SparringBinary.run(["schema", "scenario"])
        #expect(scenario.exitCode == 0, "\(scenario.standardError)")
        #expect(scenario.standardOutput.contains(#""$id": "urn:sparring:schema:scenario-v1""#))
        #expect(!scenario.standardOutput.contains(".json#"))
        let wrong = try await SparringBinary.run(["schema", "scenarios"])
        #expect(wrong.exitCode == 64 && wrong.standardError.contains("did you mean 'scenario'?"))
    }

    @Test(
        "A copied scenario is valid, and begins with the line for editors that names the schema next to it")
    func copies() async throws {
        let scratch = try ScratchDirectory()
        let file = scratch.url.appending(path: "mine.yaml")
        let outcome = try await SparringBinary.run(["scenarios", "copy", "two-rate-limits", file.path])
        #expect(outcome.exitCode == 0 && outcome.standardOutput == "\(file.path)\n", "\(outcome.standardError)")
        let line = try String(contentsOf: file, encoding: .utf8).prefix { $0 != "\n" }
        #expect(line == "# yaml-language-server: $schema=scenario.schema.json")
        let schema = try Data(contentsOf: scratch.url.appending(path: "scenario.schema.json"))
        #expect(try JSONSerialization.jsonObject(with: schema) is [String: Any])
        #expect(try await SparringBinary.run(["lint", file.path]).exitCode == 0)
    }

    @Test("A misspelled command is rejected with the nearest name")
    func misspelt() async throws {
        let outcome = try await SparringBinary.run(["srve"])
        #expect(outcome.exitCode == 64 && outcome.standardError.contains("did you mean 'serve'?"))
    }
}
