import Foundation
import Testing

@Suite("Models that the API would reject, with the built program", .timeLimit(.minutes(20)))
struct ModelsTests {
    private static func ask(_ model: String) -> String {
        let body = #"{"model":"\#(model)","messages":[{"role":"user","content":"hi"}]}"#
        return "curl -si \"$OPENAI_BASE_URL/chat/completions\" -H \"Authorization: Bearer $OPENAI_API_KEY\""
            + " -H 'content-type: application/json' -d '\(body)'"
    }

    @Test(
        "`run` warns about a newer and a shut-down model in header and report, and `--models strict` rejects both",
        arguments: ["gpt-6.3-sol", "gpt-4", "llama3.1:8b"])
    func policies(model: String) async throws {
        let lenient = try await SparringBinary.run(["run", "--", "sh", "-c", Self.ask(model)])
        #expect(lenient.exitCode == 0, "\(lenient.standardError)")
        #expect(lenient.standardOutput.contains("200 OK"))
        #expect(lenient.standardOutput.contains("x-sparring-warning: "))
        #expect(lenient.standardError.contains("! warning: ") && lenient.standardError.contains("'\(model)'"))
        let strict = try await SparringBinary.run(["run", "--models", "strict", "--", "sh", "-c", Self.ask(model)])
        #expect(strict.standardOutput.contains("404 Not Found"))
        let variable = try await SparringBinary.run(
            ["run", "--", "sh", "-c", Self.ask(model)], environment: ["SPARRING_MODELS": "strict"])
        #expect(variable.standardOutput.contains("404 Not Found"))
    }

    @Test("A mistyped model gets 404, and the report contains the nearest name")
    func typo() async throws {
        let outcome = try await SparringBinary.run(["run", "--", "sh", "-c", Self.ask("gpt-4o-mni")])
        #expect(outcome.standardOutput.contains("404 Not Found"))
        #expect(outcome.standardError.contains("did you mean 'gpt-4o-mini'?"))
    }
}
