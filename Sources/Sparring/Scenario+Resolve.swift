import SparringEngine
import SparringHTTP
package import SparringScenario
import SparringWire

/// A scenario with mistakes: all of them, each with its place, as `file:line:column: message`.
public struct ScenarioError: Error, Sendable, CustomStringConvertible {
    public let mistakes: [String]

    public var description: String { mistakes.joined(separator: "\n") }
}

extension SparringScenario.Scenario {
    /// What it says of its listener, where whoever starts the server has not said it already.
    func listen(with http: inout HTTPServer.Configuration) throws(ScenarioError) {
        if let obstacle = obstacle(http2: http.speaksHTTP2) { throw ScenarioError(mistakes: [obstacle]) }
        guard http.tls == nil else { return }
        if let listener {
            guard !listener.isTLS else { throw .needsCertificates(name) }
            if http.plan.isEmpty { http.plan = listener.plan }
        }
        if let fault = tlsFaults.first { throw .needsTLS(name, fault) }
    }
}

extension ScenarioError {
    /// Whoever starts a server with TLS brings its certificates: the program makes them, the library builds no cryptography for it.
    static func needsCertificates(_ scenario: String) -> ScenarioError {
        ScenarioError(mistakes: [
            "\(scenario): `listeners: { tls: … }` is served by `sparring serve`, not by the library"
        ])
    }

    static func needsTLS(_ scenario: String, _ fault: Fault) -> ScenarioError {
        ScenarioError(mistakes: ["\(scenario): the fault '\(fault)' needs TLS, which this server does not speak"])
    }
}

extension Scenario {
    /// Several as one: their rules in order, first match answers; limits, seed and `otherwise` are the last one's that has them.
    package init(merging scenarios: [Scenario]) throws {
        do {
            self.init(value: try SparringScenario.Scenario(merging: scenarios.map { try $0.resolved() }))
        } catch let mistakes as Mistakes {
            throw ScenarioError(mistakes: mistakes.diagnostics.map(\.description))
        }
    }

    /// Reads and checks the source.
    package func resolved() throws -> SparringScenario.Scenario {
        switch source {
        case .value(let scenario): return scenario
        case .yaml(let text, let file): return try Self.load(text, file: file)
        case .builtIn(let name):
            guard let text = BuiltIn.text(of: name) else {
                throw ScenarioError(mistakes: ["there is no built-in scenario '\(name)'; built in are \(BuiltIn.names)"]
                )
            }
            return try Self.load(text, file: "\(name).yaml")
        }
    }

    private static func load(_ text: String, file: String) throws -> SparringScenario.Scenario {
        switch ScenarioLoader.load(text: text, file: file, errors: catalogue) {
        case .success(let scenario): return scenario
        case .failure(let mistakes): throw ScenarioError(mistakes: mistakes.diagnostics.map(\.description))
        }
    }

    /// The names of errors that a script may order.
    package static let catalogue = ScenarioLoader.Errors.api
}
