import SparringWire

/// Reads `{ at: POINT, do: ACTION }` and `{ at: POINT, end: ENDING }`.
struct FaultParser {
    let reader: YAMLReader
    let errors: ScenarioLoader.Errors

    static let keys = ["at", "do", "end"]
    static let endings: [(name: String, value: Ending)] = [
        ("fin", .fin), ("reset", .reset), ("half_close", .halfClose), ("hang", .hang(nil)),
    ]
    static let actions: [(name: String, value: Fault.Action)] = [
        ("malformed_json", .malformedJSON), ("split_code_point", .splitCodePoint), ("drop_done", .dropDone),
        ("drop_finish_reason", .dropFinishReason),
    ]
    static let plainPoints: [(name: String, value: Fault.Point)] = [
        ("start", .start), ("head", .head), ("first_content", .firstContent), ("done", .done),
    ]
    /// Endings of protocols that a plain HTTP/1.1 connection does not speak.
    private static let foreignEndings = ["cut": "TLS", "go_away": "HTTP/2", "stream": "HTTP/2"]

    func fault(_ node: YAMLNode) -> Fault? {
        guard let mapping = reader.mapping(node, "a fault", keys: Self.keys) else { return nil }
        guard let at = mapping["at"] else {
            reader.note(node, "a fault needs `at`: where it strikes")
            return nil
        }
        let point = point(at)
        switch (mapping["do"], mapping["end"]) {
        case (let action?, nil):
            guard let action = self.action(action), let point else { return nil }
            let fault = Fault(at: point, .action(action))
            guard fault.isOfTheWire || point.isOfEvents else {
                reader.note(
                    at,
                    "'\(action)' edits events: its point is start, first_content, done, event N, content N or token N")
                return nil
            }
            return fault
        case (nil, let ending?):
            guard let ending = self.ending(ending), let point else { return nil }
            return Fault(at: point, .ending(ending))
        default:
            reader.note(node, "a fault has either `do` or `end`")
            return nil
        }
    }

    // MARK: Points

    private func point(_ node: YAMLNode) -> Fault.Point? {
        guard let text = reader.text(node, "at") else { return nil }
        if let point = Self.plainPoints.first(where: { $0.name == text })?.value { return point }
        let words = text.split(separator: " ").map(String.init)
        if words.count == 2, words[0] == "elapsed", let duration = DurationText.parse(words[1]) {
            return .elapsed(duration)
        }
        if let count = words.dropFirst().first.flatMap({ Int($0) }), count >= 0,
            let plus = Self.plus(words.dropFirst(2))
        {
            switch words[0] {
            case "event": return .event(count, plus: plus)
            case "content": return .content(count, plus: plus)
            case "token" where plus == 0: return .token(count)
            case "byte" where plus == 0: return .byte(count)
            default: break
            }
        }
        reader.note(
            node,
            "'\(text)' is no point; points are start, head, first_content, done, event N, content N, token N, byte N, "
                + "event N + M bytes and elapsed DURATION")
        return nil
    }

    /// `+ 20 bytes`, or nothing.
    private static func plus(_ words: ArraySlice<String>) -> Int? {
        guard !words.isEmpty else { return 0 }
        let words = Array(words)
        guard words.count == 3, words[0] == "+", let count = Int(words[1]), (1...1_000_000_000).contains(count),
            words[2].hasPrefix("byte")
        else {
            return nil
        }
        return count
    }

    // MARK: Actions and endings

    private func action(_ node: YAMLNode) -> Fault.Action? {
        if let text = node.string {
            if text.hasPrefix("stall ") { return duration(String(text.dropFirst(6)), node).map { .stall($0) } }
            return reader.choice(node, "an action (`stall DURATION` and `{ error: NAME }` beside these)", Self.actions)
        }
        guard let mapping = reader.mapping(node, "an action", keys: ["stall", "error"]),
            let entry = mapping.entries.first
        else {
            return nil
        }
        if entry.key == "stall" { return reader.duration(entry.value, "stall").map { .stall($0) } }
        return inBandError(entry.value).map { .error($0) }
    }

    private func inBandError(_ node: YAMLNode) -> Fault.InBandError? {
        guard node.isMapping else {
            guard let name = reader.choice(node, "an error's name", errors.names.map { ($0, $0) }) else { return nil }
            if let error = errors.inBand(name) { return error }
            reader.note(node, "'\(name)' is a page of the network in front of the API; it has no form inside a stream")
            return nil
        }
        guard let mapping = reader.mapping(node, "error", keys: ["type", "code", "message", "param"]) else {
            return nil
        }
        func text(_ key: String) -> String? { mapping[key].flatMap { reader.text($0, key) } }
        guard let message = text("message") else {
            reader.note(node, "an error inside a stream needs a message")
            return nil
        }
        return Fault.InBandError(
            type: text("type") ?? "server_error", code: text("code"), message: message, param: text("param"))
    }

    private func ending(_ node: YAMLNode) -> Ending? {
        if let text = node.string {
            if let wanted = Self.foreignEndings[text] {
                reader.note(node, "'\(text)' needs \(wanted), which this version does not serve")
                return nil
            }
            if text.hasPrefix("hang ") { return duration(String(text.dropFirst(5)), node).map { .hang($0) } }
            return reader.choice(node, "an ending", Self.endings)
        }
        guard let mapping = reader.mapping(node, "an ending", keys: ["hang"]), let hang = mapping["hang"] else {
            return nil
        }
        return reader.duration(hang, "hang").map { .hang($0) }
    }

    private func duration(_ text: String, _ node: YAMLNode) -> Duration? {
        if let duration = DurationText.parse(text) { return duration }
        reader.note(node, "'\(text)' is no duration; it needs its unit, such as 250ms or 1.5s")
        return nil
    }
}

extension Fault.Point {
    /// Whether the point lies between events, where a payload can be edited.
    fileprivate var isOfEvents: Bool {
        switch self {
        case .start, .head, .firstContent, .done, .event(_, plus: 0), .content(_, plus: 0), .token: true
        case .event, .content, .byte, .elapsed: false
        }
    }
}
