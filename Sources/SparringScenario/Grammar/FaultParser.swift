import SparringAPI
package import SparringWire

/// Reads a fault of the fault table: `{ at: POINT, do: ACTION }`, `{ at: POINT, end: ENDING }` or, in short, `NAME ARGUMENT at POINT`.
struct FaultParser {
    let reader: YAMLReader
    let errors: ScenarioLoader.Errors
    var scope = Scope.answers

    /// The faults that are allowed at this place.
    enum Scope: Sendable {
        case answers, connections
        /// Faults of requests and of answers.
        case requests
        /// All faults.
        case server

        var kinds: [FaultKind] {
            switch self {
            case .answers: FaultTable.answers
            case .connections: FaultTable.connections
            case .requests: FaultTable.requests + FaultTable.answers
            case .server: FaultTable.kinds
            }
        }
    }

    static let keys = ["at", "do", "end"]
    /// Names of HTTP/2's frames, and the faults that send them.
    private static let frames = ["go_away": "h2_goaway", "stream": "h2_rst"]

    func fault(_ node: YAMLNode) -> Fault? {
        if let text = node.string { return short(text, node) }
        guard let mapping = reader.mapping(node, "a fault", keys: Self.keys) else { return nil }
        let effect: (kind: FaultKind, fault: Fault)?
        switch (mapping["do"], mapping["end"]) {
        case (let action?, nil): effect = self.effect(action, "an action", scope.kinds.filter { $0.ending == nil })
        case (nil, let ending?): effect = self.effect(ending, "an ending", scope.kinds.filter { $0.ending != nil })
        default:
            reader.note(node, "a fault needs either `do` or `end`")
            effect = nil
        }
        guard let at = mapping["at"] else { return effect?.fault }
        let point = reader.text(at, "at").flatMap { self.point($0, at) }
        guard let point, let effect else { return nil }
        return check(effect.kind, effect.fault, at: point, at)
    }

    /// `reset at event 5`, `stall 3s`, `malformed_json`.
    func short(_ text: String, _ node: YAMLNode) -> Fault? {
        let parts = text.ranges(of: " at ").last.map { (text[..<$0.lowerBound], String(text[$0.upperBound...])) }
        let (words, at) = parts.map { (String($0.0), $0.1) } ?? (text, nil)
        guard let effect = effect(words, at: node, "a fault", scope.kinds) else { return nil }
        guard let at else { return effect.fault }
        return point(at, node).flatMap { check(effect.kind, effect.fault, at: $0, node) }
    }

    private func check(_ kind: FaultKind, _ fault: Fault, at point: Fault.Point, _ node: YAMLNode) -> Fault? {
        guard kind.points.admits(point) else {
            let words = kind.points.words
            let points = (words.count == 1 ? "point is " : "points are ") + WordList.joined(words, "and")
            reader.note(node, "'\(kind.name)' cannot be applied at '\(point)'; its \(points)")
            return nil
        }
        var fault = fault
        fault.point = point
        return fault
    }

    // MARK: Points

    private static let plainPoints: [String: Fault.Point] = [
        "connection": .connection, "request head": .requestHead, "start": .start, "head": .head,
        "first_content": .firstContent, "done": .done,
        "end": .end,
        // These points are named by what the client can still do: after the client has shown content to its user, a retry would be noticed
        // by the user.
        "before_headers": .start, "before_content": .firstContent, "after_content": .done,
    ]

    func point(_ text: String, _ node: YAMLNode) -> Fault.Point? {
        if let point = Self.plainPoints[text] { return point }
        var words = text.split(separator: " ").map(String.init)
        if words.count == 2, words[0] == "elapsed", let duration = DurationText.parse(words[1]) {
            return .elapsed(duration)
        }
        let isOfHead = words.count == 3 && words[0] == "head" && words[1] == "byte"
        if isOfHead { words.removeFirst() }
        if let count = words.dropFirst().first.flatMap({ Int($0) }), count >= 0,
            let plus = Self.plus(words.dropFirst(2))
        {
            switch words[0] {
            case "event": return .event(count, plus: plus)
            case "content": return .content(count, plus: plus)
            case "token" where plus == 0: return .token(count)
            case "byte" where plus == 0: return isOfHead ? .headByte(count) : .byte(count)
            default: break
            }
        }
        let names = Self.plainPoints.keys.sorted() + ["event", "content", "token", "byte", "elapsed"]
        let name = text.prefix { $0 != " " }
        let question = Nearest.question(about: String(name), among: names).map { " \($0)" } ?? ""
        let points = WordList.joined(FaultPoints.anywhere.words, "and")
        reader.note(node, "'\(text)' is not a point of an answer;\(question) the points are \(points)")
        return nil
    }

    /// Reads `+ 20 bytes`; 0 for no words.
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

    private func effect(_ node: YAMLNode, _ what: String, _ kinds: [FaultKind]) -> (kind: FaultKind, fault: Fault)? {
        if let text = node.string { return effect(text, at: node, what, kinds) }
        guard let mapping = reader.mapping(node, what, keys: kinds.map(\.name)), let entry = mapping.entries.first,
            let kind = kinds.first(where: { $0.name == entry.key })
        else { return nil }
        if let other = mapping.entries.dropFirst().first {
            reader.note(
                other.keyNode, "\(what) has only one name: remove '\(other.key)', or the earlier '\(entry.key)'")
        }
        let parser = FaultArgumentParser(reader: reader, errors: errors)
        return parser.arguments(of: kind, entry.value).map { (kind, kind.fault($0)) }
    }

    /// Reads a name, then its argument.
    private func effect(
        _ text: String, at node: YAMLNode, _ what: String, _ kinds: [FaultKind]
    ) -> (kind: FaultKind, fault: Fault)? {
        let space = text.firstIndex(of: " ") ?? text.endIndex
        let name = String(text[..<space])
        guard let kind = kinds.first(where: { $0.name == name }) else {
            note(unknown: name, node, what, kinds)
            return nil
        }
        let rest = text[space...].drop { $0 == " " }
        let parser = FaultArgumentParser(reader: reader, errors: errors)
        return parser.arguments(of: kind, words: rest.isEmpty ? nil : String(rest), node).map { (kind, kind.fault($0)) }
    }

    private func note(unknown name: String, _ node: YAMLNode, _ what: String, _ kinds: [FaultKind]) {
        if let wanted = Self.frames[name] {
            return reader.note(node, "'\(name)' is not \(what); did you mean '\(wanted)'?")
        }
        if let kind = FaultTable.kinds.first(where: { $0.name == name }) {
            guard scope.kinds.contains(kind) else { return note(misplaced: kind, node) }
            let (right, wrong) = kind.ending == nil ? ("do", "end") : ("end", "do")
            return reader.note(node, "write '\(name)' under `\(right)`, not under `\(wrong)`")
        }
        let names = kinds.map(\.name)
        let all = names.count < 10 ? "the names are \(WordList.joined(names, "and"))" : "`sparring faults` lists them"
        reader.note(node, "'\(name)' is not \(what); \(Nearest.question(about: name, among: names) ?? all)")
    }

    private func note(misplaced kind: FaultKind, _ node: YAMLNode) {
        let reason =
            switch kind.layer {
            case .connection: "before there is a request: write it under `listeners`, or use `--fault`"
            case .request:
                "before a rule can match: write it under the scenario's `faults`, or use the request's header or `--fault`"
            default: "in an answer: write it in a step, or under `faults`"
            }
        reader.note(node, "'\(kind.name)' takes effect \(reason)")
    }
}

extension FaultKind {
    /// The fault at its default point.
    ///
    /// - Parameter arguments: the arguments in the order of the parameters, already checked.
    package func fault(_ arguments: [FaultValue]) -> Fault {
        switch ending {
        case .hang: Fault(at: usual, .ending(.hang(FaultArguments(self, arguments).duration(.duration))))
        case let ending?: Fault(at: usual, .ending(ending))
        case nil: Fault(at: usual, .action(Fault.Action(self, arguments)))
        }
    }
}
