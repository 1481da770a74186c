import SparringAPI
import SparringJSON
package import SparringWire

/// Reads scenario files. Returns a `Scenario`, or all mistakes with their places.
package enum ScenarioLoader {
    /// The API's errors, passed in so that the grammar does not depend on the error catalogue.
    package struct Errors: Sendable {
        package var names: [String]
        /// HTTP statuses by the name of the error, for suggestions.
        package var statuses: [String: Int]
        package var inBand: @Sendable (String) -> Fault.InBandError?

        package init(
            names: [String], statuses: [String: Int] = [:],
            inBand: @escaping @Sendable (String) -> Fault.InBandError?
        ) {
            self.names = names
            self.statuses = statuses
            self.inBand = inBand
        }

        /// Suggestions for an unknown error name: names with the same HTTP status, or names with a similar spelling.
        func guesses(for text: String) -> [String] {
            guard let status = Int(text) else { return Nearest.names(to: text, among: names) }
            return names.filter { statuses[$0] == status }
        }
    }

    package static func load(
        text: String, file: String, origin: YAMLReader.Origin = .file, errors: Errors
    ) -> Result<Scenario, Mistakes> {
        let reader = YAMLReader(file: file, origin: origin)
        guard let root = reader.root(of: text) else { return .failure(reader.mistakes) }
        let scenario = ScenarioParser(reader: reader, errors: errors).scenario(root)
        guard reader.diagnostics.isEmpty, var scenario else { return .failure(reader.mistakes) }
        scenario.source = text
        return .success(scenario)
    }

    /// Reads one fault or a list of faults inside a larger grammar. Records mistakes in the reader.
    package static func faults(_ node: YAMLNode, reader: YAMLReader, errors: Errors) -> [Fault] {
        faults(node, reader: reader, errors: errors, scope: .answers)
    }

    fileprivate static func faults(
        _ node: YAMLNode, reader: YAMLReader, errors: Errors, scope: FaultParser.Scope
    ) -> [Fault] {
        let parser = FaultParser(reader: reader, errors: errors, scope: scope)
        guard node.isSequence else { return parser.fault(node).map { [$0] } ?? [] }
        return reader.sequence(node, "faults")?.compactMap(parser.fault) ?? []
    }

    /// Reads a pace, in the form of `stream` in a step. Records mistakes in the reader.
    package static func pace(_ node: YAMLNode, reader: YAMLReader) -> Pace { PaceParser(reader: reader).pace(node) }

    /// Reads a share of calls, such as `5%` or `0.05`. Records mistakes in the reader.
    package static func rate(_ node: YAMLNode, reader: YAMLReader, errors: Errors) -> Double? {
        ChaosParser(reader: reader, errors: errors).rate(node)
    }

    /// Reads a point of an answer, in the form that follows `at` in a fault. Records mistakes in the reader.
    package static func point(_ node: YAMLNode, reader: YAMLReader, errors: Errors) -> Fault.Point? {
        guard let text = reader.text(node, "at") else { return nil }
        return FaultParser(reader: reader, errors: errors).point(text, node)
    }

    /// Reads faults on one line: `reset at event 5`, several separated by commas, or the grammar's `{ at: …, do: … }`.
    package static func faults(in line: String, errors: Errors) -> Result<[Fault], Mistakes> {
        faults(in: line, errors: errors, scope: .requests)
    }

    /// Like `faults(in:errors:)`, for faults that are read after the whole request. Faults of the request itself are
    /// not allowed.
    package static func answerFaults(in line: String, errors: Errors) -> Result<[Fault], Mistakes> {
        faults(in: line, errors: errors, scope: .answers)
    }

    /// Like `faults(in:errors:)`, for a whole server: faults of its listener are allowed too.
    package static func serverFaults(in line: String, errors: Errors) -> Result<[Fault], Mistakes> {
        faults(in: line, errors: errors, scope: .server)
    }

    private static func faults(
        in line: String, errors: Errors, scope: FaultParser.Scope
    ) -> Result<[Fault], Mistakes> {
        let reader = YAMLReader(file: "fault", origin: .sent)
        let isFlow = line.hasPrefix("{") || line.hasPrefix("[")
        let faults: [Fault]
        if isFlow {
            faults = reader.root(of: line).map { self.faults($0, reader: reader, errors: errors, scope: scope) } ?? []
        } else {
            let parser = FaultParser(reader: reader, errors: errors, scope: scope)
            faults = line.split(separator: ",").compactMap { part in
                let text = String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
                return parser.short(text, YAMLNode(text: text))
            }
        }
        if faults.isEmpty, reader.diagnostics.isEmpty {
            reader.note(YAMLNode(text: line), "no fault is given; write its name, such as `reset at event 2`")
        }
        return reader.diagnostics.isEmpty ? .success(faults) : .failure(reader.mistakes)
    }

    /// The keys of a script inside a larger grammar, such as a conformance case.
    package static let scriptKeys = ScenarioParser.scriptKeys + ["listeners"]

    /// Reads a script inside a larger grammar. Records mistakes in the reader.
    package static func script(
        _ mapping: YAMLMapping, _ node: YAMLNode, named name: String, reader: YAMLReader, errors: Errors
    ) -> Scenario {
        var scenario = Scenario(name: name)
        scenario.listener = mapping["listeners"].flatMap(ListenerParser(reader: reader, errors: errors).listener)
        return ScenarioParser(reader: reader, errors: errors).script(mapping, node, into: scenario)
    }
}

/// Reads the top of the grammar: the file, its limits and models, its rules.
struct ScenarioParser {
    let reader: YAMLReader
    let errors: ScenarioLoader.Errors

    static let scriptKeys = [
        "seed", "validation", "limits", "accounts", "models", "rules", "steps", "then", "otherwise", "faults", "chaos",
        "stream", "load", "prompt_faults", "placeholder_speech",
    ]
    static let keys = ["schema", "scenario", "description"] + scriptKeys + ["listeners", "expect"]
    static let streamKeys = StepParser.streamKeys + ["models"]
    static let ruleKeys = ["name", "when", "steps", "then"] + StepParser.keys
    static let thenValues: [(name: String, value: Rule.Then)] = [("fail", .fail), ("last", .last), ("cycle", .cycle)]

    func scenario(_ root: YAMLNode) -> Scenario? {
        guard let mapping = reader.mapping(root, "a scenario", keys: Self.keys) else { return nil }
        if mapping["schema"]?.json != 1 {
            reader.note(mapping["schema"] ?? root, "a scenario needs `schema: 1`, the version of its grammar")
        }
        var scenario = Scenario(name: mapping["scenario"].flatMap { reader.text($0, "scenario") } ?? "")
        if mapping["scenario"] == nil { reader.note(root, "the scenario has no name: add `scenario: NAME`") }
        scenario.expectation = mapping["expect"].flatMap(ExpectationParser(reader: reader).expectation)
        scenario.listener = mapping["listeners"].flatMap(ListenerParser(reader: reader, errors: errors).listener)
        return script(mapping, root, into: scenario)
    }

    /// Reads the keys that define what the server does: all keys except those that identify the file.
    func script(_ mapping: YAMLMapping, _ root: YAMLNode, into scenario: Scenario) -> Scenario {
        var scenario = scenario
        scenario.seed = mapping["seed"].flatMap { reader.integer($0, "seed") }.map { UInt64($0) }
        scenario.validation = mapping["validation"].flatMap {
            reader.choice($0, "validation", Validation.allCases.map { ($0.rawValue, $0) })
        }
        scenario.limits = mapping["limits"].flatMap(AccountsParser(reader: reader).limits)
        scenario.accounts = mapping["accounts"].flatMap(AccountsParser(reader: reader).accounts)
        if let models = mapping["models"] {
            (scenario.modelPolicy, scenario.models) = ModelsParser(reader: reader).models(models)
        }
        scenario.otherwise =
            mapping["otherwise"].flatMap { reader.choice($0, "otherwise", [("auto", .auto), ("fail", .fail)]) } ?? .fail
        let faults =
            mapping["faults"].map { ScenarioLoader.faults($0, reader: reader, errors: errors, scope: .requests) } ?? []
        scenario.faults = faults.filter { $0.layer != .request }
        scenario.requestFaults = faults.filter { $0.layer == .request }
        scenario.chaos = mapping["chaos"].flatMap(ChaosParser(reader: reader, errors: errors).chaos)
        if let stream = mapping["stream"] { setPace(stream, in: &scenario) }
        scenario.load = mapping["load"].flatMap(LoadParser(reader: reader, errors: errors).load)
        scenario.takesPromptFaults = mapping["prompt_faults"].flatMap { reader.boolean($0, "prompt_faults") } ?? false
        scenario.hasPlaceholderSpeech =
            mapping["placeholder_speech"].flatMap { reader.boolean($0, "placeholder_speech") } ?? true
        scenario.rules = rules(mapping, root)
        return scenario
    }

    private func setPace(_ node: YAMLNode, in scenario: inout Scenario) {
        let paces = PaceParser(reader: reader)
        scenario.pace = paces.pace(node, keys: Self.streamKeys)
        guard let mapping = reader.mapping(node, "stream"), let models = mapping["models"] else { return }
        for (name, _, pace) in reader.mapping(models, "models")?.entries ?? [] {
            scenario.paces[name] = paces.pace(pace)
        }
    }

    // MARK: Rules

    private func rules(_ mapping: YAMLMapping, _ root: YAMLNode) -> [Rule] {
        switch (mapping["rules"], mapping["steps"]) {
        case (let rules?, nil):
            if let then = mapping["then"] { reader.note(then, "move `then` into a rule, next to its `steps`") }
            guard let nodes = reader.sequence(rules, "rules") else { return [] }
            let rules = nodes.compactMap(rule)
            noteUnreachable(rules, nodes)
            noteOpenHeadRule(rules, nodes)
            return rules
        case (nil, let steps?):
            return [Rule(steps: self.steps(steps, captures: []), then: then(mapping))]
        case (.some(let rules), .some):
            reader.note(rules, "a scenario has either `rules` or `steps`, not both")
        case (nil, nil):
            if mapping["otherwise"] == nil {
                reader.note(root, "the scenario has no answers: add `rules`, `steps` or `otherwise: auto`")
            }
        }
        return []
    }

    private func rule(_ node: YAMLNode) -> Rule? {
        guard let mapping = reader.mapping(node, "a rule", keys: Self.ruleKeys, advice: StepParser.advice) else {
            return nil
        }
        let conditions = ConditionParser(reader: reader)
        let condition = mapping["when"].flatMap { conditions.condition($0) }
        let captures = condition?.captures ?? []
        let name = mapping["name"].flatMap { reader.text($0, "name") }
        if let steps = mapping["steps"] {
            for (key, keyNode, _) in mapping.entries where StepParser.keys.contains(key) {
                reader.note(keyNode, "move '\(key)' into a step: this rule has `steps`")
            }
            return Rule(
                name: name, condition: condition, steps: self.steps(steps, captures: captures), then: then(mapping))
        }
        let parser = StepParser(reader: reader, errors: errors, captures: captures)
        let (step, then) = (parser.step(mapping, node, keys: Self.ruleKeys), then(mapping))
        guard let step else { return nil }
        // A rule with one answer and no `steps` repeats that answer, because such a rule reads as if it did.
        let isOpen = mapping["times"] == nil && mapping["then"] == nil
        return Rule(name: name, condition: condition, steps: [step], then: isOpen ? .last : then)
    }

    private func steps(_ node: YAMLNode, captures: [String]) -> [Step] {
        guard let nodes = reader.sequence(node, "steps") else { return [] }
        if nodes.isEmpty { reader.note(node, "`steps` is empty: add at least one answer") }
        let parser = StepParser(reader: reader, errors: errors, captures: captures)
        return nodes.compactMap { node in
            reader.mapping(node, "a step", keys: StepParser.keys, advice: StepParser.advice)
                .flatMap { parser.step($0, node) }
        }
    }

    private func then(_ mapping: YAMLMapping) -> Rule.Then {
        mapping["then"].flatMap { reader.choice($0, "then", Self.thenValues) } ?? .fail
    }

    private func noteUnreachable(_ rules: [Rule], _ nodes: [YAMLNode]) {
        guard rules.count == nodes.count, let last = rules.firstIndex(where: { $0.condition == nil }) else { return }
        for node in nodes[(last + 1)...] {
            reader.note(node, "this rule is never reached: rule \(last + 1) has no `when` and answers every call")
        }
    }
}

extension ScenarioParser {
    private func noteOpenHeadRule(_ rules: [Rule], _ nodes: [YAMLNode]) {
        guard rules.count == nodes.count, let open = Scenario(name: "", rules: rules).openHeadRule else { return }
        reader.note(nodes[open], Scenario.openHeadRuleMistake(open))
    }
}

extension Scenario {
    /// Merges several scenarios: their rules are joined in order. Every other setting comes from the last scenario that
    /// has it.
    package init(merging scenarios: [Scenario]) throws {
        self.init(name: scenarios.map(\.name).joined(separator: "+"))
        if scenarios.count == 1 { source = scenarios[0].source }
        for (index, scenario) in scenarios.enumerated() {
            if index < scenarios.count - 1, scenario.rules.contains(where: { $0.condition == nil }) {
                throw Mistakes(diagnostics: [
                    Diagnostic(
                        file: scenario.name, line: 1, column: 1,
                        message:
                            "a rule of this scenario answers every call, so the scenarios after it on the command line are never reached"
                    )
                ])
            }
            rules += scenario.rules
            seed = scenario.seed ?? seed
            validation = scenario.validation ?? validation
            limits = scenario.limits ?? limits
            accounts = scenario.accounts ?? accounts
            models.merge(scenario.models) { _, last in last }
            modelPolicy = scenario.modelPolicy ?? modelPolicy
            otherwise = scenario.otherwise
            faults = scenario.faults.isEmpty ? faults : scenario.faults
            requestFaults = scenario.requestFaults.isEmpty ? requestFaults : scenario.requestFaults
            chaos = scenario.chaos ?? chaos
            pace = scenario.pace == .none ? pace : scenario.pace
            paces.merge(scenario.paces) { _, last in last }
            load = scenario.load ?? load
            takesPromptFaults = scenario.takesPromptFaults || takesPromptFaults
            hasPlaceholderSpeech = scenario.hasPlaceholderSpeech && hasPlaceholderSpeech
            expectation = scenario.expectation ?? expectation
            listener = scenario.listener ?? listener
        }
        if let open = openHeadRule {
            throw Mistakes(diagnostics: [
                Diagnostic(file: name, line: 1, column: 1, message: Self.openHeadRuleMistake(open))
            ])
        }
    }
}
