import SparringAPI
import SparringJSON
package import SparringScenario
import SparringWire

/// Explains which rule would answer a request and why the others would not, for `explain`. Changes no state.
package struct Explanation: Sendable {
    package var lines: [String]
    package var isAnswered: Bool

    /// - Parameters:
    ///   - body: the body of the request.
    ///   - endpoint: the endpoint's name; nil to infer it from the body.
    package init(of body: [UInt8], endpoint name: String?, in scenario: Scenario) throws {
        let json = try? JSONValue.parse(body)
        guard let known = name.map({ OperationNames.canonical($0) }) ?? Self.endpoint(of: json)?.rawValue else {
            let question = OperationNames.question(about: name ?? "")
            self.init(lines: ["'\(name ?? "")' is not an endpoint; \(question)"], isAnswered: false)
            return
        }
        guard let endpoint = Endpoint(rawValue: known) else {
            // If no rule answers the request, the OpenAPI document does.
            let view = CallView(
                .generic(known), model: json?["model"]?.string ?? "", headers: [:], body: json ?? .null,
                digest: CallDigest(isStream: json?["stream"] == true))
            self.init(view, scenario)
            isAnswered = true
            return
        }
        guard endpoint.kind == .model else {
            let answers = endpoint.kind == .socket ? "the session of its WebSocket" : "stored objects"
            self.init(
                lines: ["\(endpoint.rawValue) calls no model; the server answers from \(answers)"], isAnswered: true)
            return
        }
        do throws(APIError) {
            let world = ScenarioContext(scenario)
            let models = world.models.answering(json?["model"]?.string, at: endpoint).models
            let call = try LenientRequest(endpoint, body: json, models: models).call(world.validation)
            let view = CallView(
                endpoint: endpoint, model: json?["model"]?.string ?? "", headers: [:], body: json ?? .null,
                digest: call.digest)
            self.init(view, scenario)
        } catch {
            self.init(
                lines: ["\(endpoint.rawValue): rejected before any rule is tried: \(error.status) \(error.message)"],
                isAnswered: true)
        }
    }

    private init(lines: [String], isAnswered: Bool) {
        self.lines = lines
        self.isAnswered = isAnswered
    }

    private init(_ view: CallView, _ scenario: Scenario) {
        lines = ["\(view.asked.name) in scenario \(scenario.name)"]
        let candidates = scenario.match(view)
        let misses = scenario.misses(view)
        let certain = candidates.first { $0.residual == nil }?.rule
        for index in scenario.rules.indices {
            let label = scenario.label(rule: index)
            if let candidate = candidates.first(where: { $0.rule == index }) {
                let captures = candidate.captures.filter { Int($0.key) == nil }.sorted { $0.key < $1.key }
                let found =
                    captures.isEmpty
                    ? "" : ", with " + captures.map { "\($0.key) = \($0.value)" }.joined(separator: ", ")
                let verdict = candidate.residual == nil ? "answers" : "answers if its attempt, nth or chance matches"
                lines.append("  \(label): \(verdict)\(found)")
            } else if let miss = misses.first(where: { $0.rule == index }) {
                lines.append("  \(label): no, \(miss.reason)")
            } else {
                lines.append(
                    "  \(label): not reached, \(certain.map { scenario.label(rule: $0) } ?? "an earlier rule") answers")
            }
        }
        isAnswered = !candidates.isEmpty || scenario.otherwise == .auto
        if candidates.isEmpty {
            lines.append(scenario.otherwise == .auto ? "  otherwise: auto answers" : "  otherwise: fails loudly")
        }
    }

    private static func endpoint(of body: JSONValue?) -> Endpoint? {
        guard let body else { return .chatCompletions }
        if body["messages"] != nil { return .chatCompletions }
        if let prompt = body["prompt"], prompt.object == nil { return .completions }
        let model = body["model"]?.string ?? ""
        if model.contains("moderation") { return .moderations }
        return model.contains("embedding") ? .embeddings : .responses
    }
}
