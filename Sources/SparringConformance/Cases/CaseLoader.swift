import SparringJSON
package import SparringScenario
import SparringWire

/// Reads case files. Returns the cases, or all mistakes with their places.
package enum CaseLoader {
    /// Whether a file contains cases rather than a scenario: it has a top-level `cases:`.
    package static func isCaseFile(_ text: String) -> Bool {
        text.split(whereSeparator: \.isNewline).contains { $0.hasPrefix("cases:") }
    }

    package static func load(
        text: String, file: String, errors: ScenarioLoader.Errors
    ) -> Result<[Case], Mistakes> {
        let reader = YAMLReader(file: file)
        guard let root = reader.root(of: text) else { return .failure(reader.mistakes) }
        let cases = CaseParser(reader: reader, errors: errors).cases(root)
        return reader.diagnostics.isEmpty ? .success(cases) : .failure(reader.mistakes)
    }
}

/// Parses a case file: metadata and task, with a script in the grammar of scenarios.
struct CaseParser {
    let reader: YAMLReader
    let errors: ScenarioLoader.Errors

    static let fileKeys = ["schema", "theme", "defaults", "cases"]
    static let caseKeys =
        [
            "id", "since", "title", "why", "refs", "needs", "level", "task", "timeout", "may_wait", "runs_alone",
            "expect",
        ]
        + ScenarioLoader.scriptKeys
    static let taskKeys = ["op", "input", "cancel", "timeout"]
    static let inputKeys = ["prompt", "model", "then", "tools", "schema", "texts", "file", "format", "usage", "calls"]
    static let defaultKeys = ["level", "needs", "task"]
    static let capabilities = Capability.allCases.map { (name: $0.rawValue, value: $0) }
    static let levels = ExpectationParser.levels

    /// Default values for cases in the file.
    private struct Defaults {
        var level: Level?
        var needs: [Capability] = []
        var task = CaseTask()
    }

    func cases(_ root: YAMLNode) -> [Case] {
        guard let mapping = reader.mapping(root, "a case file", keys: Self.fileKeys) else { return [] }
        if mapping["schema"]?.json != 1 {
            reader.note(
                mapping["schema"] ?? root, "a case file must start with `schema: 1`, the version of its grammar")
        }
        let theme = required("theme", in: mapping, of: root, "a case file")
        var defaults = Defaults()
        if let node = mapping["defaults"], let values = reader.mapping(node, "defaults", keys: Self.defaultKeys) {
            defaults.level = values["level"].flatMap { reader.choice($0, "level", Self.levels) }
            defaults.needs = capabilities(values["needs"])
            defaults.task = values["task"].flatMap { task($0, CaseTask()) } ?? CaseTask()
        }
        guard let list = mapping["cases"] else {
            reader.note(root, "the file has no cases: add `cases:`")
            return []
        }
        var seen: Set<String> = []
        return (reader.sequence(list, "cases") ?? []).compactMap { node in
            guard let found = self.case(node, defaults) else { return nil }
            if !seen.insert(found.id).inserted { reader.note(node, "there are two cases with the id '\(found.id)'") }
            if let problem = found.idProblem { reader.note(node, problem) }
            if let theme, found.theme != theme {
                reader.note(node, "the id '\(found.id)' does not start with the file's theme: '\(theme).…'")
            }
            return found
        }
    }

    private func `case`(_ node: YAMLNode, _ defaults: Defaults) -> Case? {
        guard let mapping = reader.mapping(node, "a case", keys: Self.caseKeys, renamed: ["exclusive": "runs_alone"])
        else { return nil }
        let id = required("id", in: mapping, of: node, "a case")
        let title = required("title", in: mapping, of: node, "a case")
        let why = required("why", in: mapping, of: node, "a case")
        // Only built-in cases belong to a suite.
        let since = mapping["since"].flatMap { reader.text($0, "since") } ?? ""
        let level = mapping["level"].flatMap { reader.choice($0, "level", Self.levels) } ?? defaults.level
        if level == nil { reader.note(node, "the case has no level: add `level: must`, `should`, `may` or `info`") }
        let expectation = mapping["expect"].flatMap { ExpectationParser(reader: reader).expectation($0) }
        if mapping["expect"] == nil { reader.note(node, "the case expects nothing: add `expect:`") }
        let scenario = ScenarioLoader.script(mapping, node, named: id ?? "", reader: reader, errors: errors)
        let timeout = mapping["timeout"].flatMap { reader.duration($0, "timeout") }
        if timeout == nil, scenario.rules.contains(where: { $0.steps.contains { $0.pace.every != nil } }) {
            reader.note(
                node, "a case with a paced stream needs a `timeout`: the length of the stream is not known beforehand")
        }
        guard let id, let title, let why, let level, let expectation else { return nil }
        return Case(
            id: id, since: since, title: title, why: why, references: texts(mapping["refs"], "refs"),
            needs: mapping["needs"].map(capabilities) ?? defaults.needs, level: level,
            task: mapping["task"].flatMap { task($0, defaults.task) } ?? defaults.task, scenario: scenario,
            expectation: expectation, timeout: timeout,
            mayWait: mapping["may_wait"].flatMap { reader.boolean($0, "may_wait") } ?? false,
            isExclusive: mapping["runs_alone"].flatMap { reader.boolean($0, "runs_alone") } ?? false,
            line: node.line)
    }

    private func task(_ node: YAMLNode, _ base: CaseTask) -> CaseTask? {
        guard let mapping = reader.mapping(node, "a task", keys: Self.taskKeys) else { return nil }
        var task = base
        let operations = CaseTask.Operation.allCases.map { (name: $0.rawValue, value: $0) }
        task.operation = mapping["op"].flatMap { reader.choice($0, "op", operations) } ?? base.operation
        if let node = mapping["input"], let input = reader.mapping(node, "input", keys: Self.inputKeys) {
            task.prompt = input["prompt"].flatMap { reader.text($0, "prompt") } ?? base.prompt
            task.model = input["model"].flatMap { reader.text($0, "model") } ?? base.model
            task.then = input["then"].flatMap { reader.text($0, "then") } ?? base.then
            task.tools = input["tools"].flatMap { reader.sequence($0, "tools") }?.map(\.json) ?? base.tools
            task.schema = input["schema"].flatMap { reader.mapping($0, "schema") == nil ? nil : $0.json } ?? base.schema
            task.texts = input["texts"].map { texts($0, "texts") } ?? base.texts
            task.file = input["file"].flatMap { reader.text($0, "file") } ?? base.file
            task.format = input["format"].flatMap { reader.text($0, "format") } ?? base.format
            task.showsUsage = input["usage"].flatMap { reader.boolean($0, "usage") } ?? base.showsUsage
            task.calls = input["calls"].flatMap { reader.integer($0, "calls", atLeast: 1) } ?? base.calls
        }
        if let node = mapping["cancel"], let cancel = reader.mapping(node, "cancel", keys: ["after_events"]) {
            task.cancelAfter = cancel["after_events"].flatMap { reader.integer($0, "after_events", atLeast: 1) }
        }
        task.timeout = mapping["timeout"].flatMap { reader.duration($0, "timeout") } ?? base.timeout
        return task
    }

    private func required(_ key: String, in mapping: YAMLMapping, of node: YAMLNode, _ what: String) -> String? {
        guard let value = mapping[key] else {
            reader.note(node, "\(what) needs `\(key)`")
            return nil
        }
        return reader.text(value, key)
    }

    private func capabilities(_ node: YAMLNode?) -> [Capability] {
        guard let node, let nodes = reader.sequence(node, "needs") else { return [] }
        return nodes.compactMap { reader.choice($0, "a capability", Self.capabilities) }
    }

    private func texts(_ node: YAMLNode?, _ what: String) -> [String] {
        guard let node, let nodes = reader.sequence(node, what) else { return [] }
        return nodes.compactMap { reader.text($0, what) }
    }
}

extension Case {
    /// The mistake in the form of the id; nil for a valid id. Patterns, known failures and reports rely on the form.
    fileprivate var idProblem: String? {
        let parts = id.split(separator: ".", omittingEmptySubsequences: false)
        let isPlain = parts.allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
        }
        guard parts.count != 2 || !isPlain else { return nil }
        return "the id '\(id)' is not THEME.NAME; both parts have small letters, digits and hyphens only"
    }
}
