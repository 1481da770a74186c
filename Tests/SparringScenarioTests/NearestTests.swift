import Testing

@testable import SparringScenario

@Suite("Guesses of names")
struct NearestTests {
    @Test(
        "The guesses for an unknown name are the names that were probably meant",
        arguments: [
            ("rst", ["cut", "fin", "reset", "stall"], ["reset"]), ("rset", ["reset", "stall"], ["reset"]),
            ("die", ["cut", "fin", "reset"], ["reset", "fin"]), ("tool_calls", ["text", "tools", "raw"], ["tools"]),
            ("args", ["name", "arguments"], ["arguments"]), ("argmnts", ["name", "arguments"], ["arguments"]),
            ("not_found", ["server_error", "model_not_found"], ["model_not_found"]),
            ("helo", ["hello", "two-rate-limits"], ["hello"]), ("xyz", ["cut", "fin"], []), ("", ["a"], []),
        ])
    func guesses(text: String, names: [String], expected: [String]) {
        #expect(Nearest.names(to: text, among: names) == expected)
        #expect(Nearest.name(to: text, among: names) == expected.first)
    }

    @Test("A question has at most three guesses")
    func three() {
        let names = ["drop_usage", "drop_done", "drop_event", "drop_finish_reason"]
        #expect(Nearest.names(to: "drop", among: names).count == 3)
        #expect(
            Nearest.question(about: "drop", among: names)
                == "did you mean 'drop_usage', 'drop_done' or 'drop_event'?")
        #expect(Nearest.question(about: "xyz", among: names) == nil)
    }
}
