/// Parses `expect` of a case and of a scenario: one grammar for both.
package struct ExpectationParser {
    let reader: YAMLReader

    package init(reader: YAMLReader) { self.reader = reader }

    static let keys = [
        "exit", "text", "at_most_once", "not_shown", "calls", "usage", "runs", "outcome", "attempts", "wire",
    ]
    static let wireKeys = [
        "attempts", "gaps", "identical", "distinct", "headers", "not_in_url", "same_host_only", "disconnects",
        "connections", "hosts",
    ]
    package static let levels = Level.allCases.map { (name: $0.rawValue, value: $0) }
    /// Keys of earlier versions and their current names.
    private static let renamed = [
        "once": "at_most_once", "absent": "not_shown", "unaddressed": "not_in_url", "homebound": "same_host_only",
        "gone": "disconnects",
    ]

    package func expectation(_ node: YAMLNode) -> Expectation? {
        guard let mapping = reader.mapping(node, "expect", keys: Self.keys, renamed: Self.renamed) else { return nil }
        var expectation = Expectation()
        expectation.exit = mapping["exit"].flatMap { node in
            reader.choice(node, "exit", Expectation.Exit.allCases.map { (name: $0.rawValue, value: $0) })
        }
        expectation.text = mapping["text"].flatMap(text)
        expectation.atMostOnce = texts(mapping["at_most_once"], "at_most_once")
        expectation.notShown = texts(mapping["not_shown"], "not_shown")
        expectation.calls = mapping["calls"].map { list($0, "calls", call) }
        expectation.usage = mapping["usage"].flatMap { reader.integer($0, "usage") }
        expectation.runsOnce = mapping["runs"].flatMap { reader.choice($0, "runs", [("once", true)]) } ?? false
        expectation.outcome = mapping["outcome"].map(outcome) ?? Expectation.Report()
        expectation.attempts = mapping["attempts"].map(attempts) ?? []
        guard let node = mapping["wire"],
            let wire = reader.mapping(node, "wire", keys: Self.wireKeys, renamed: Self.renamed)
        else {
            return expectation
        }
        if let node = wire["attempts"] {
            if let short = mapping["attempts"] {
                reader.note(short, "`attempts` is short for `wire: { attempts: … }`; write only one of them")
            }
            expectation.attempts = attempts(node)
        }
        expectation.gaps = list(wire["gaps"], "gaps", gap)
        expectation.identical = parts(wire, "identical")
        expectation.distinct = parts(wire, "distinct")
        expectation.headers = list(wire["headers"], "headers", header)
        expectation.notInURL = texts(wire["not_in_url"], "not_in_url")
        expectation.sameHostOnly = texts(wire["same_host_only"], "same_host_only")
        expectation.disconnects = list(wire["disconnects"], "disconnects", disconnect)
        expectation.connections = wire["connections"].map(connections) ?? []
        expectation.hosts = wire["hosts"].flatMap { bound($0, "hosts") }
        return expectation
    }

    /// `{ opened, at_once, reused, half_read, level }`, each a number or `{ min, max }`.
    private func connections(_ node: YAMLNode) -> [Expectation.Connections] {
        let counts = ConnectionCount.allCases
        guard let mapping = reader.mapping(node, "connections", keys: counts.map(\.rawValue) + ["level"]) else {
            return []
        }
        return counts.compactMap { count in
            guard let bound = mapping[count.rawValue].flatMap({ bound($0, count.rawValue) }) else { return nil }
            return Expectation.Connections(count, bound.range, level: bound.level ?? level(mapping))
        }
    }

    private func list<Value>(_ node: YAMLNode?, _ what: String, _ read: (YAMLNode) -> Value?) -> [Value] {
        node.flatMap { reader.sequence($0, what) }?.compactMap(read) ?? []
    }

    private func texts(_ node: YAMLNode?, _ what: String) -> [String] { list(node, what) { reader.text($0, what) } }

    /// Text, or `{ is, or: failure }`.
    private func text(_ node: YAMLNode) -> Expectation.Text? {
        if node.isScalar { return reader.text(node, "text").map { Expectation.Text($0) } }
        guard let mapping = reader.mapping(node, "text", keys: ["is", "or"]) else { return nil }
        guard let text = mapping["is"].flatMap({ reader.text($0, "is") }) else {
            reader.note(node, "`text` needs `is`: the text that the program shows")
            return nil
        }
        let allowsFailure = mapping["or"].flatMap { reader.choice($0, "or", [("failure", true)]) } ?? false
        return Expectation.Text(text, allowsFailure: allowsFailure)
    }

    private func call(_ node: YAMLNode) -> Expectation.ToolCall? {
        guard let mapping = reader.mapping(node, "a call", keys: ["name", "arguments"]) else { return nil }
        guard let name = mapping["name"].flatMap({ reader.text($0, "name") }), let arguments = mapping["arguments"]
        else {
            reader.note(node, "a call needs a `name` and `arguments`")
            return nil
        }
        return Expectation.ToolCall(name: name, arguments: arguments.json)
    }

    private func disconnect(_ node: YAMLNode) -> Expectation.Disconnect? {
        guard let mapping = reader.mapping(node, "disconnects", keys: ["on", "event", "within", "level"]) else {
            return nil
        }
        guard let attempt = mapping["on"].flatMap({ reader.integer($0, "on", atLeast: 1) }),
            let within = mapping["within"].flatMap({ reader.duration($0, "within") })
        else {
            reader.note(node, "a disconnect needs `on`, the attempt, and `within`, the time")
            return nil
        }
        return Expectation.Disconnect(
            attempt: attempt, event: mapping["event"].flatMap { reader.integer($0, "event", atLeast: 1) },
            within: within, level: level(mapping))
    }

    private func parts(_ wire: YAMLMapping, _ key: String) -> [Expectation.Part] {
        list(wire[key], key) { node in
            reader.choice(node, key, Expectation.Part.allCases.map { (name: $0.rawValue, value: $0) })
        }
    }

    /// A number, `{ min, max, level }`, or several of these.
    private func attempts(_ node: YAMLNode) -> [Expectation.Bound] {
        let bounds = (node.isSequence ? reader.sequence(node, "attempts") ?? [] : [node])
            .compactMap { bound($0, "attempts") }
        let levels = bounds.map(\.level)
        if Set(levels).count < levels.count {
            reader.note(node, "two bounds of `attempts` have the same level; give each a `level` of its own")
        }
        return bounds
    }

    private func bound(_ node: YAMLNode, _ what: String) -> Expectation.Bound? {
        if node.isScalar { return reader.integer(node, what).map { Expectation.Bound($0...$0) } }
        guard let mapping = reader.mapping(node, what, keys: ["min", "max", "level"]) else { return nil }
        let low = mapping["min"].flatMap { reader.integer($0, "min") } ?? 0
        let high = mapping["max"].flatMap { reader.integer($0, "max") } ?? Int.max
        guard low <= high else {
            reader.note(node, "min is greater than max")
            return nil
        }
        return Expectation.Bound(low...high, level: level(mapping))
    }

    private func gap(_ node: YAMLNode) -> Expectation.Gap? {
        guard let mapping = reader.mapping(node, "a gap", keys: ["between", "min", "max", "level"]) else { return nil }
        guard let between = mapping["between"], let ends = reader.sequence(between, "between"), ends.count == 2,
            let from = reader.integer(ends[0], "between", atLeast: 1),
            let to = reader.integer(ends[1], "between", atLeast: 1), from < to
        else {
            reader.note(node, "a gap needs `between`, two attempts such as [1, 2]")
            return nil
        }
        let minimum = mapping["min"].flatMap { reader.duration($0, "min") }
        let maximum = mapping["max"].flatMap { reader.duration($0, "max") }
        if minimum == nil, maximum == nil { reader.note(node, "a gap needs `min`, `max` or both") }
        return Expectation.Gap(from: from, to: to, minimum: minimum, maximum: maximum, level: level(mapping))
    }

    private func header(_ node: YAMLNode) -> Expectation.Header? {
        guard let mapping = reader.mapping(node, "a header", keys: ["on", "name", "present", "level"]) else {
            return nil
        }
        guard let attempt = mapping["on"].flatMap({ reader.integer($0, "on", atLeast: 1) }),
            let name = mapping["name"].flatMap({ reader.text($0, "name") })
        else {
            reader.note(node, "a header needs `on`, the attempt, and a `name`")
            return nil
        }
        return Expectation.Header(
            attempt: attempt, name: name,
            isPresent: mapping["present"].flatMap { reader.boolean($0, "present") } ?? true, level: level(mapping))
    }

    /// `{ ok, text, error: { kind, or } }`
    private func outcome(_ node: YAMLNode) -> Expectation.Report {
        guard let mapping = reader.mapping(node, "outcome", keys: ["ok", "text", "error"]) else {
            return Expectation.Report()
        }
        var report = Expectation.Report(
            ok: mapping["ok"].flatMap { reader.boolean($0, "ok") },
            text: mapping["text"].flatMap { reader.text($0, "text") })
        if let node = mapping["error"], let error = reader.mapping(node, "error", keys: ["kind", "or"]) {
            let kinds = ErrorKind.allCases.map { (name: $0.rawValue, value: $0) }
            report.kinds = [error["kind"]].compactMap { $0 }.compactMap { reader.choice($0, "kind", kinds) }
            report.kinds += list(error["or"], "or") { reader.choice($0, "or", kinds) }
            if report.kinds.isEmpty { reader.note(node, "an error needs a `kind`; `or` lists other accepted kinds") }
        }
        return report
    }

    private func level(_ mapping: YAMLMapping) -> Level? {
        mapping["level"].flatMap { reader.choice($0, "level", Self.levels) }
    }
}
