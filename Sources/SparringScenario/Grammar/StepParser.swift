import SparringAPI
import SparringJSON
import SparringWire

/// Reads a step: one answer and its settings.
struct StepParser {
    let reader: YAMLReader
    let errors: ScenarioLoader.Errors
    /// Names of groups that the rule's regexes capture; templates may use them.
    let captures: [String]

    static let answerKeys = [
        "text", "tools", "refusal", "items", "json", "moderation", "embeddings", "batch", "progress", "error", "raw",
        "fixture", "auto", "silence",
    ]
    static let errorKeys = ["retry_after", "retry_after_ms", "should_retry"]
    static let keys =
        answerKeys + errorKeys + [
            "times", "optional", "headers", "stream", "faults", "background", "ends", "reasoning",
        ]
    /// Keys that are wrong directly in a step, each with the step's key inside which it belongs.
    static let advice = [
        "status": "write it inside `error` or `raw`, such as error: { status: 500 }",
        "when": "a condition belongs to a rule, such as rules: [{ when: { model: gpt-4o }, text: hello }]",
        "name": "write it inside `error` or `tools`, such as error: { name: server_error }",
    ]
    static let endsKeys = ["incomplete", "failed"]
    static let failedKeys = ["code", "message"]
    static let backgroundKeys = ["queued", "running"]
    /// Kinds of answers without reasoning tokens.
    static let thoughtless = ["error", "raw", "silence", "batch", "progress", "embeddings"]
    static let streamKeys = ["first", "every", "rate"]
    static let errorObjectKeys = ["name", "status", "type", "code", "param", "message"]
    static let rawKeys = ["status", "headers", "body", "json", "base64", "file"]

    /// - Parameter keys: the keys that the mapping may have. Every other key has already been reported.
    func step(_ mapping: YAMLMapping, _ node: YAMLNode, keys: [String] = Self.keys) -> Step? {
        let answer = answer(mapping, node, keys)
        // The rest of the step is read even without a valid answer, so that its mistakes are reported as well.
        var step = Step(answer ?? .silence)
        if let times = mapping["times"] {
            step.times =
                times.string == "forever"
                ? .forever : reader.integer(times, "times", atLeast: 1).map { .count($0) } ?? .count(1)
        }
        step.isOptional = mapping["optional"].flatMap { reader.boolean($0, "optional") } ?? false
        step.headers = mapping["headers"].map(headers) ?? [:]
        step.pace = mapping["stream"].map { PaceParser(reader: reader).pace($0) } ?? .none
        let items = ItemParser(reader: reader)
        step.ending = mapping["ends"].flatMap(items.ending)
        step.background = mapping["background"].flatMap(background)
        step.reasoning = mapping["reasoning"].flatMap { reader.integer($0, "reasoning", atLeast: 0) } ?? 0
        let parser = FaultParser(reader: reader, errors: errors, scope: .requests)
        let faults = mapping["faults"].flatMap { reader.sequence($0, "faults") }?.compactMap(parser.fault) ?? []
        step.faults = faults.filter { $0.layer != .request }
        step.requestFaults = faults.filter { $0.layer == .request }
        return answer == nil ? nil : step
    }

    private func answer(_ mapping: YAMLMapping, _ node: YAMLNode, _ keys: [String]) -> StepAnswer? {
        let given = mapping.entries.filter { Self.answerKeys.contains($0.key) }
        let kinds = given.filter { $0.key != "text" || mapping["tools"] == nil }
        guard let kind = kinds.first else {
            if !mapping.entries.contains(where: { Self.isMisspeltAnswer($0.key, keys) }) {
                reader.note(node, "a step needs an answer: one of \(Self.answerKeys.joined(separator: ", "))")
            }
            return nil
        }
        for other in kinds.dropFirst() {
            reader.note(other.keyNode, "a step has only one answer: remove '\(other.key)', or '\(kind.key)' before it")
        }
        for entry in mapping.entries where Self.errorKeys.contains(entry.key) && kind.key != "error" {
            reader.note(entry.keyNode, "'\(entry.key)' works only with `error`")
        }
        if let reasoning = mapping["reasoning"], Self.thoughtless.contains(kind.key) {
            reader.note(reasoning, "'reasoning' works only with answers of a model, not with `\(kind.key)`")
        }
        return answer(kind.key, kind.value, mapping)
    }

    /// Whether an unknown key was probably meant as an answer. The unknown key is reported with the key that was meant, and one mistake is
    /// reported once.
    private static func isMisspeltAnswer(_ key: String, _ keys: [String]) -> Bool {
        guard !keys.contains(key) else { return false }
        let meant = Nearest.names(to: key, among: keys)
        return advice[key] != nil || meant.contains { answerKeys.contains($0) || $0 == "steps" }
    }

    private func answer(_ key: String, _ node: YAMLNode, _ mapping: YAMLMapping) -> StepAnswer? {
        switch key {
        case "text": return template(node, key).map { .text($0) }
        case "refusal": return template(node, key).map { .refusal($0) }
        case "json": return value(node).map { .json($0) }
        case "items":
            let items = ItemParser(reader: reader)
            return reader.sequence(node, "items").map { .items($0.filter(items.check).compactMap(value)) }
        case "tools":
            guard let nodes = reader.sequence(node, "tools") else { return nil }
            return .tools(nodes.compactMap(tool), text: mapping["text"].flatMap { template($0, "text") })
        case "moderation": return ModerationParser(reader: reader).verdicts(node).map { .moderation($0) }
        case "embeddings": return EmbeddingsParser(reader: reader).vectors(node).map { .embeddings($0) }
        case "batch": return BatchParser(reader: reader).plan(node).map { .batch($0) }
        case "progress": return ProgressParser(reader: reader).plan(node).map { .progress($0) }
        case "error": return error(node, mapping).map { .error($0) }
        case "raw": return raw(node).map { .raw($0) }
        case "fixture": return fixture(node)
        case "auto": return .auto
        default: return .silence
        }
    }

    private func tool(_ node: YAMLNode) -> ToolTemplate? {
        guard let mapping = reader.mapping(node, "a tool call", keys: ["name", "arguments"]) else { return nil }
        if mapping["name"] == nil { reader.note(node, "a tool call needs a `name`") }
        let name = mapping["name"].flatMap { template($0, "name") }
        let arguments = mapping["arguments"].flatMap(value) ?? TemplateValue(literal: [:])
        return name.map { ToolTemplate(name: $0, arguments: arguments) }
    }

    func error(_ node: YAMLNode, _ mapping: YAMLMapping) -> ErrorAnswer? {
        var error = ErrorAnswer(name: nil)
        if node.isScalar {
            error.name = catalogueName(node)
        } else {
            guard let object = reader.mapping(node, "error", keys: Self.errorObjectKeys) else { return nil }
            func text(_ key: String) -> String? { object[key].flatMap { reader.text($0, key) } }
            error.name = object["name"].flatMap(catalogueName)
            error.status = object["status"].flatMap { reader.integer($0, "status", atLeast: 200) }
            (error.type, error.code, error.param) = (text("type"), text("code"), text("param"))
            error.message = text("message")
            if error.name == nil, error.status == nil { reader.note(node, "an error needs a `name` or a `status`") }
        }
        error.retryAfter = mapping["retry_after"].flatMap(retryAfter)
        error.retryAfterMilliseconds = mapping["retry_after_ms"].flatMap { reader.integer($0, "retry_after_ms") }
        error.shouldRetry = mapping["should_retry"].flatMap { reader.boolean($0, "should_retry") }
        return error
    }

    private func catalogueName(_ node: YAMLNode) -> String? {
        let text = node.string ?? ""
        if errors.names.contains(text) { return text }
        let guesses = errors.guesses(for: text)
        if let status = Int(text), let question = Nearest.question(guesses) {
            let alone = "For the status alone, write error: { status: \(status) }"
            reader.note(node, "'\(text)' is a status, not an error's name; \(question) \(alone)")
        } else {
            reader.note(node, "an error's name", isNoneOf: errors.names, guesses: guesses)
        }
        return nil
    }

    private func retryAfter(_ node: YAMLNode) -> ErrorAnswer.RetryAfter? {
        guard node.isMapping else { return reader.duration(node, "retry_after").map { .seconds($0) } }
        guard let mapping = reader.mapping(node, "retry_after", keys: ["date"]), let date = mapping["date"] else {
            return nil
        }
        return reader.duration(date, "date").map { .date($0) }
    }

    private func raw(_ node: YAMLNode) -> RawAnswer? {
        guard let mapping = reader.mapping(node, "raw", keys: Self.rawKeys) else { return nil }
        let status = mapping["status"].flatMap { reader.integer($0, "status", atLeast: 100) } ?? 200
        if let node = mapping["file"] {
            return bytes(of: node).map {
                RawAnswer(status: status, headers: mapping["headers"].map(headers) ?? [:], body: $0)
            }
        }
        let body =
            mapping["json"].map { $0.json.serialized() }
            ?? mapping["body"].flatMap { reader.text($0, "body") }.map { Array($0.utf8) }
        if let node = mapping["base64"], let text = reader.text(node, "base64") {
            guard let bytes = Base64.decode(text[...]) else {
                reader.note(node, "the text is not base64")
                return nil
            }
            return RawAnswer(status: status, headers: mapping["headers"].map(headers) ?? [:], body: bytes)
        }
        return RawAnswer(status: status, headers: mapping["headers"].map(headers) ?? [:], body: body ?? [])
    }

    /// The contents of a file in the scenario's folder or in a folder below it.
    private func bytes(of node: YAMLNode) -> [UInt8]? {
        guard let name = reader.text(node, "file") else { return nil }
        guard reader.origin == .file else {
            reader.note(
                node, "a scenario sent to the server cannot read files; write the body into it (`body:` or `base64:`)")
            return nil
        }
        do throws(BodyFile.Problem) {
            return try BodyFile.bytes(name, besides: reader.file)
        } catch {
            reader.note(node, error.reason)
            return nil
        }
    }

    private func fixture(_ node: YAMLNode) -> StepAnswer? {
        guard let name = reader.text(node, "fixture") else { return nil }
        guard let text = BuiltIn.fixture(named: name) else {
            let question = Nearest.question(about: name, among: BuiltIn.fixtureNames).map { "; \($0)" } ?? ""
            let advice =
                reader.origin == .sent
                ? "; a scenario sent to the server cannot read files: write the text into it (`text:`)" : ""
            reader.note(node, "there is no built-in fixture '\(name)'\(question)\(advice)")
            return nil
        }
        return .text(Template(literal: text))
    }

    private func headers(_ node: YAMLNode) -> HeaderFields {
        guard let mapping = reader.mapping(node, "headers") else { return [:] }
        return HeaderFields(
            mapping.entries.compactMap { key, _, value in
                reader.text(value, key).map { HeaderFields.Field(key, $0) }
            })
    }

    private func background(_ node: YAMLNode) -> BackgroundPlan? {
        guard let mapping = reader.mapping(node, "background", keys: Self.backgroundKeys) else { return nil }
        var plan = BackgroundPlan.standard
        if let queued = mapping["queued"].flatMap({ reader.duration($0, "queued") }) { plan.queued = queued }
        if let running = mapping["running"].flatMap({ reader.duration($0, "running") }) { plan.running = running }
        return plan
    }

    // MARK: Templates

    private func template(_ node: YAMLNode, _ what: String) -> Template? {
        guard let text = reader.text(node, what) else { return nil }
        let template = Template(text)
        note(template.names, node)
        return template
    }

    private func value(_ node: YAMLNode) -> TemplateValue? {
        let value = TemplateValue(node.json)
        note(value.names, node)
        return value
    }

    private func note(_ names: [String], _ node: YAMLNode) {
        for name in names where !TemplateValues.isKnown(name) && !captures.contains(name) {
            let known = captures + TemplateValues.knownNames
            let hint =
                Nearest.question(about: name, among: known)
                ?? "the names are \(known.joined(separator: ", ")); {{\"{{\"}} writes two braces"
            reader.note(node, "unknown name {{\(name)}}; \(hint)")
        }
    }
}
