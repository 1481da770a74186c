import SparringJSON
import SparringWire

/// Reads the arguments of a fault: `NAME ARGUMENT`, `{ NAME: ARGUMENT }` or `{ NAME: { PARAMETER: ARGUMENT } }`.
struct FaultArgumentParser {
    let reader: YAMLReader
    let errors: ScenarioLoader.Errors

    func arguments(of kind: FaultKind, _ node: YAMLNode) -> [FaultValue]? {
        let names = kind.parameters.map(\.name.rawValue)
        // An error may also be written as a mapping, so the keys of a mapping decide whether it contains a fault's parameters.
        if node.isMapping, let mapping = reader.mapping(node, kind.name),
            mapping.entries.contains(where: { names.contains($0.key) })
        {
            _ = reader.mapping(node, kind.name, keys: names)
            return collect(kind) { parameter in mapping[parameter.name.rawValue].map { value($0, parameter, of: kind) }
            }
        }
        if kind.parameters.isEmpty {
            guard node.json == .null || node.json == true || node.json == [:] else {
                reader.note(node, "'\(kind.name)' takes no argument, not \(node.inWords)")
                return nil
            }
            return []
        }
        return collect(kind) { $0 == kind.parameters[0] ? .some(value(node, $0, of: kind)) : .none }
    }

    /// - Parameter words: the arguments, separated by spaces; the last one may contain spaces.
    func arguments(of kind: FaultKind, words: String?, _ node: YAMLNode) -> [FaultValue]? {
        guard let words else { return kind.parameters.compactMap(\.usual) }
        guard let last = kind.parameters.last else {
            reader.note(node, "'\(kind.name)' takes no argument, not '\(words)'")
            return nil
        }
        var rest = words[...]
        return collect(kind) { parameter in
            guard !rest.isEmpty else { return .none }
            let word = parameter == last ? rest : rest.prefix { $0 != " " }
            rest = rest[word.endIndex...].drop { $0 == " " }
            return .some(value(String(word), parameter, of: kind, node))
        }
    }

    /// Fills in default values for missing arguments. Nil if a given argument is invalid.
    private func collect(_ kind: FaultKind, _ given: (FaultParameter) -> FaultValue??) -> [FaultValue]? {
        var values: [FaultValue] = []
        var isWhole = true
        for parameter in kind.parameters {
            switch given(parameter) {
            case .some(.some(let value)): values.append(value)
            case .some(.none): isWhole = false
            case .none: values += parameter.usual.map { [$0] } ?? []
            }
        }
        return isWhole ? values : nil
    }

    // MARK: Values

    private func value(_ node: YAMLNode, _ parameter: FaultParameter, of kind: FaultKind) -> FaultValue? {
        if parameter.kind == .inBandError { return inBandError(node).map { .error($0) } }
        guard let text = node.string else {
            reader.note(
                node,
                "\(parameter.name.rawValue) of '\(kind.name)' must be \(parameter.kind.words), not \(node.kindInWords)"
            )
            return nil
        }
        return value(text, parameter, of: kind, node)
    }

    private func value(_ text: String, _ parameter: FaultParameter, of kind: FaultKind, _ node: YAMLNode) -> FaultValue?
    {
        if parameter.kind == .inBandError { return namedError(text, node).map { .error($0) } }
        if let value = parameter.kind.value(of: text) { return value }
        let names = if case .choice(let names) = parameter.kind { names } else { [String]() }
        let question = Nearest.question(about: text, among: names).map { "; \($0)" } ?? ""
        reader.note(
            node,
            "\(parameter.name.rawValue) of '\(kind.name)' must be \(parameter.kind.words), not '\(text)'\(question)")
        return nil
    }

    private func namedError(_ name: String, _ node: YAMLNode) -> Fault.InBandError? {
        guard errors.names.contains(name) else {
            let question = Nearest.question(errors.guesses(for: name)).map { "; \($0)" } ?? ""
            reader.note(node, "there is no error named '\(name)'\(question)")
            return nil
        }
        if let error = errors.inBand(name) { return error }
        reader.note(
            node, "'\(name)' is an error page of a proxy, which cannot occur inside a stream; use an error of the API")
        return nil
    }

    private func inBandError(_ node: YAMLNode) -> Fault.InBandError? {
        guard node.isMapping else { return reader.text(node, "an error's name").flatMap { namedError($0, node) } }
        guard let mapping = reader.mapping(node, "error", keys: ["type", "code", "message", "param"]) else {
            return nil
        }
        func text(_ key: String) -> String? { mapping[key].flatMap { reader.text($0, key) } }
        guard let message = text("message") else {
            reader.note(node, "an error inside a stream needs a `message`")
            return nil
        }
        return Fault.InBandError(
            type: text("type") ?? "server_error", code: text("code"), message: message, param: text("param"))
    }
}

extension FaultParameter.Kind {
    /// The values that the parameter accepts, in words.
    package var words: String {
        switch self {
        case .count(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .duration: "a duration with its unit, such as 250ms or 1.5s"
        case .size: "a size such as 300, 64KB or 5MB"
        case .rate: "bytes a second, such as 200/s"
        case .text: "text"
        case .choice(let names): "one of \(names.joined(separator: ", "))"
        case .inBandError: "an error"
        }
    }

    fileprivate func value(of text: String) -> FaultValue? {
        switch self {
        case .count(let range): Int(text).flatMap { range.contains($0) ? .integer($0) : nil }
        case .duration: DurationText.parse(text).map { .duration($0) }
        case .size(let range): Self.size(text).flatMap { range.contains($0) ? .size($0) : nil }
        case .rate:
            text.hasSuffix("/s")
                ? Int(text.dropLast(2)).flatMap { (1...1_000_000_000).contains($0) ? .rate($0) : nil } : nil
        case .text: .text(text)
        case .choice(let names): names.contains(text) ? .text(text) : nil
        case .inBandError: nil
        }
    }

    private static func size(_ text: String) -> Int? {
        let units = [("KB", 1000), ("MB", 1_000_000)]
        guard let (unit, factor) = units.first(where: { text.hasSuffix($0.0) }) else { return Int(text) }
        return Int(text.dropLast(unit.count)).flatMap { $0 < 1_000_000 ? $0 * factor : nil }
    }
}
