import SparringEngine
package import SparringScenario

/// All mistakes of a scenario.
public struct MockScenarioError: Error, Sendable, CustomStringConvertible {
    /// One text for each mistake, with its place: `mine.yaml:3:1: …` in YAML, `steps: rule 1, step 2: …` in Swift.
    public let mistakes: [String]

    public var description: String { mistakes.joined(separator: "\n") }
}

extension MockScenario {
    /// Merges scenarios into one. Their rules are joined in order, and the first match answers. Limits, seed and
    /// `otherwise` come from the last scenario that has them.
    package init(merging scenarios: [MockScenario]) throws {
        do {
            self.init(value: try SparringScenario.Scenario(merging: scenarios.map { try $0.resolved() }))
        } catch let mistakes as Mistakes {
            throw MockScenarioError(mistakes: mistakes.diagnostics.map(\.description))
        }
    }

    /// Finds mistakes without a server. Useful in a test of your own scenario files.
    ///
    /// - Throws: ``MockScenarioError`` with all mistakes.
    public func check() throws(MockScenarioError) { _ = try resolved() }

    /// Reads and checks the source.
    package func resolved() throws(MockScenarioError) -> SparringScenario.Scenario {
        switch source {
        case .value(let scenario, let mistakes):
            guard mistakes.isEmpty else { throw MockScenarioError(mistakes: mistakes) }
            return scenario
        case .yaml(let text, let file): return try Self.load(text, file: file)
        case .builtIn(let name):
            guard let text = BuiltIn.text(of: name) else { throw Self.unknown(name) }
            return try Self.load(text, file: "\(name).yaml")
        }
    }

    private static func unknown(_ name: String) -> MockScenarioError {
        let near = Nearest.name(to: name, among: BuiltIn.names).map { "did you mean '\($0)'?" }
        let all = "there are \(BuiltIn.names.joined(separator: ", "))"
        return MockScenarioError(mistakes: ["there is no built-in scenario '\(name)'; \(near ?? all)"])
    }

    private static func load(_ text: String, file: String) throws(MockScenarioError) -> SparringScenario.Scenario {
        switch ScenarioLoader.load(text: text, file: file, errors: catalogue) {
        case .success(let scenario): return scenario
        case .failure(let mistakes): throw MockScenarioError(mistakes: mistakes.diagnostics.map(\.description))
        }
    }

    /// The errors that a scenario may use.
    package static let catalogue = ScenarioLoader.Errors.api
}
