import SparringJSON
package import SparringScenario

/// Reads files of gateway cases. Returns the cases, or all mistakes with their places.
package struct GatewayCaseParser {
    let reader: YAMLReader
    let errors: ScenarioLoader.Errors

    static let fileKeys = ["schema", "theme", "cases"]
    static let caseKeys = [
        "id", "since", "title", "why", "refs", "level", "needs", "upstreams", "first", "calls", "expect", "should",
        "timeout",
    ]
    /// The names of the upstreams that every gateway is given.
    package static let upstreamNames = ["primary", "secondary"]

    package static func load(
        text: String, file: String, errors: ScenarioLoader.Errors
    ) -> Result<[GatewayCase], Mistakes> {
        let reader = YAMLReader(file: file)
        guard let root = reader.root(of: text) else { return .failure(reader.mistakes) }
        let cases = GatewayCaseParser(reader: reader, errors: errors).cases(root)
        return reader.diagnostics.isEmpty ? .success(cases) : .failure(reader.mistakes)
    }

    private func cases(_ root: YAMLNode) -> [GatewayCase] {
        guard let mapping = reader.mapping(root, "a file of gateway cases", keys: Self.fileKeys) else { return [] }
        if mapping["schema"]?.json != 1 {
            reader.note(mapping["schema"] ?? root, "the file must start with `schema: 1`, the version of its grammar")
        }
        let theme = mapping["theme"].flatMap { reader.text($0, "theme") } ?? ""
        if theme.isEmpty { reader.note(root, "the file needs `theme`, the first part of every id") }
        guard let list = mapping["cases"] else {
            reader.note(root, "the file has no cases: add `cases:`")
            return []
        }
        var seen: Set<String> = []
        return (reader.sequence(list, "cases") ?? []).compactMap { node in
            guard let found = self.case(node) else { return nil }
            if !seen.insert(found.id).inserted { reader.note(node, "there are two cases with the id '\(found.id)'") }
            if !found.id.hasPrefix(theme + ".") {
                reader.note(node, "the id '\(found.id)' does not start with the file's theme: '\(theme).…'")
            }
            return found
        }
    }

    private func `case`(_ node: YAMLNode) -> GatewayCase? {
        guard let mapping = reader.mapping(node, "a gateway case", keys: Self.caseKeys) else { return nil }
        func required(_ key: String) -> String? {
            if mapping[key] == nil { reader.note(node, "a gateway case needs `\(key)`") }
            return mapping[key].flatMap { reader.text($0, key) }
        }
        let (id, title, why) = (required("id"), required("title"), required("why"))
        let level = mapping["level"].flatMap { reader.choice($0, "level", ExpectationParser.levels) } ?? .must
        let requirements = RequirementParser(reader: reader)
        let wanted =
            (mapping["expect"].map { requirements.requirements($0, level: level) } ?? [])
            + (mapping["should"].map { requirements.requirements($0, level: .should) } ?? [])
        if wanted.isEmpty { reader.note(node, "the case expects nothing: add `expect:` or `should:`") }
        let calls =
            mapping["calls"].flatMap { reader.sequence($0, "calls") }?.compactMap(
                GatewayCallParser(reader: reader).call)
            ?? [GatewayCall()]
        guard let id, let title, let why else { return nil }
        let features = GatewayFeature.allCases.map { (name: $0.rawValue, value: $0) }
        return GatewayCase(
            id: id, since: mapping["since"].flatMap { reader.text($0, "since") } ?? "", title: title, why: why,
            references: texts(mapping["refs"], "refs"), level: level,
            needs: mapping["needs"].flatMap { reader.sequence($0, "needs") }?
                .compactMap { reader.choice($0, "needs", features) } ?? [],
            upstreams: mapping["upstreams"].map { upstreams($0, of: id) } ?? [:],
            first: mapping["first"].flatMap { reader.text($0, "first") }, calls: calls, requirements: wanted,
            timeout: mapping["timeout"].flatMap { reader.duration($0, "timeout") } ?? GatewayCase.patience,
            line: node.line)
    }

    /// The script of each upstream by name. `all` is the script of every upstream without a script.
    private func upstreams(_ node: YAMLNode, of id: String) -> [String: Scenario] {
        guard let mapping = reader.mapping(node, "upstreams") else { return [:] }
        var scripts: [String: Scenario] = [:]
        for (name, key, value) in mapping.entries {
            guard Self.isName(name) else {
                reader.note(key, "'\(name)' is not a name of an upstream: use small letters and digits")
                continue
            }
            let keys = ScenarioLoader.scriptKeys + ["budget"]
            guard let mapping = reader.mapping(value, "an upstream", keys: keys) else { continue }
            let hasScript = mapping.entries.contains { $0.key != "budget" }
            var script =
                hasScript
                ? ScenarioLoader.script(mapping, value, named: "\(id), \(name)", reader: reader, errors: errors)
                : Scenario(name: "\(id), \(name)")
            switch mapping["budget"].flatMap(budget) {
            case .requests(let requests)?:
                script.rules += Self.rules(
                    "steps: [{ text: \"{{last.user}}\", times: \(requests) }, { error: insufficient_quota }]",
                    errors: errors)
            case .dollars(let dollars)?: script.budget = dollars
            case nil: break
            }
            scripts[name] = Self.completed(script, errors: errors)
        }
        guard let all = scripts.removeValue(forKey: "all") else { return scripts }
        for name in Self.upstreamNames where scripts[name] == nil { scripts[name] = all }
        return scripts
    }

    private enum Budget {
        case requests(Int)
        case dollars(Double)
    }

    /// `{ requests: 3 }`: the upstream answers this many requests; after that, its quota is used up. `{ dollars: 0.002 }`: the upstream's
    /// quota is used up when its answers have cost this much.
    private func budget(_ node: YAMLNode) -> Budget? {
        guard let mapping = reader.mapping(node, "a budget", keys: ["requests", "dollars"]) else { return nil }
        guard (mapping["requests"] == nil) != (mapping["dollars"] == nil) else {
            reader.note(node, "a budget has `requests` or `dollars`")
            return nil
        }
        if let node = mapping["requests"] {
            return reader.integer(node, "requests", atLeast: 1).map(Budget.requests)
        }
        guard let node = mapping["dollars"] else { return nil }
        guard let dollars = node.json.double, dollars > 0, dollars <= 1e6 else {
            reader.note(node, "dollars must be a number above 0, at most a million, not \(node.json.text())")
            return nil
        }
        return .dollars(dollars)
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
    }

    private func texts(_ node: YAMLNode?, _ what: String) -> [String] {
        node.flatMap { reader.sequence($0, what) }?.compactMap { reader.text($0, what) } ?? []
    }
}

extension GatewayCaseParser {
    /// An upstream that repeats the last user message, so that each call has a different answer.
    private static let echo = """
        schema: 1
        scenario: repeats the prompt
        models: lenient
        rules: [{ then: last, text: "{{last.user}}" }]
        """

    package static func echo(errors: ScenarioLoader.Errors) -> Scenario {
        switch ScenarioLoader.load(text: echo, file: "echo", errors: errors) {
        case .success(let scenario): scenario
        case .failure: .auto
        }
    }

    /// An upstream that always fails.
    package static func failing(errors: ScenarioLoader.Errors) -> Scenario {
        let text = "{ schema: 1, scenario: fails, models: lenient, rules: [{ then: last, error: server_error }] }"
        return switch ScenarioLoader.load(text: text, file: "failing", errors: errors) {
        case .success(let scenario): scenario
        case .failure: .auto
        }
    }

    /// A rule whose last step is repeated.
    private static func rules(_ steps: String, errors: ScenarioLoader.Errors) -> [Rule] {
        let text = "{ schema: 1, scenario: rule, rules: [{ then: last, \(steps) }] }"
        return switch ScenarioLoader.load(text: text, file: "rule", errors: errors) {
        case .success(let scenario): scenario.rules
        case .failure: []
        }
    }

    /// The script, with an additional last rule that repeats the prompt.
    private static func completed(_ script: Scenario, errors: ScenarioLoader.Errors) -> Scenario {
        var script = script
        let echo = echo(errors: errors)
        script.rules += echo.rules
        if script.modelPolicy == nil { script.modelPolicy = echo.modelPolicy }
        return script
    }
}
