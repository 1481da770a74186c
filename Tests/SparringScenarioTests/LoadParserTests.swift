import SparringWire
import Testing

@testable import SparringScenario

@Suite("Load in a scenario")
struct LoadParserTests {
    private static func load(_ text: String) -> Result<Scenario, Mistakes> {
        ScenarioLoader.load(
            text: "schema: 1\nscenario: s\notherwise: auto\nload: \(text)\n", file: "f.yaml",
            errors: ScenarioLoader.Errors(names: ["slow_down", "server_is_overloaded"]) { _ in nil })
    }

    @Test("The loader reads slowdown, slots, queue and the error of a full queue")
    func whole() throws {
        let load = try Self.load("{ slower: 10%, slots: 8, queue: 16, full: slow_down, retry_after: 2s }").get().load
        var full = ErrorAnswer(name: "slow_down")
        full.retryAfter = .seconds(.seconds(2))
        #expect(load == Load(slower: 0.1, slots: 8, queue: 16, full: full))
        #expect(try Self.load("{ slower: 0.5 }").get().load == Load(slower: 0.5))
    }

    @Test(
        "A mistake in a load is reported with its fix",
        arguments: [
            ("{ queue: 3 }", "load is empty"), ("{ slower: 10%, queue: 3 }", "`queue` needs `slots`"),
            ("{ slots: 2, full: slow_down }", "`full` needs a limited queue"), ("{ slots: 0 }", "slots"),
            ("{ slower: fast }", "slower must be a share"),
            ("{ slots: 2, queue: 1, full: slow_don }", "did you mean 'slow_down'?"),
        ])
    func mistakes(text: String, message: String) {
        guard case .failure(let mistakes) = Self.load(text) else {
            Issue.record("\(text) was loaded")
            return
        }
        #expect(mistakes.diagnostics.contains { $0.message.contains(message) }, "\(mistakes.diagnostics)")
    }
}
