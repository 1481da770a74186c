import SparringJSON

/// One place in which a request is not the recorded one.
package struct TapeDifference: Sendable, Hashable {
    package enum Subject: Sendable, Hashable {
        case method
        case target
        /// A place in the body.
        case path(TapePath)
        /// The bodies are no JSON, or one is.
        case body
    }

    package var subject: Subject
    /// As JSON, shortened; nil where there is nothing.
    package var recorded: String?
    package var sent: String?
    /// How many values are concerned.
    var size = 1

    /// Another operation is further away than any difference in the body.
    var weight: Int {
        switch subject {
        case .method, .target: 1000
        case .body: 100
        case .path: size
        }
    }

    static func between(_ recorded: NormalRequest, _ sent: NormalRequest) -> [TapeDifference] {
        var found: [TapeDifference] = []
        if recorded.method != sent.method {
            found.append(TapeDifference(subject: .method, recorded: recorded.method, sent: sent.method))
        }
        if recorded.target != sent.target {
            found.append(TapeDifference(subject: .target, recorded: recorded.target, sent: sent.target))
        }
        if let a = recorded.document, let b = sent.document {
            compare(a, b, at: [], into: &found)
        } else if recorded.fingerprint != sent.fingerprint, found.isEmpty {
            found.append(
                TapeDifference(
                    subject: .body, recorded: recorded.document.map(short), sent: sent.document.map(short)))
        }
        return found
    }

    private static func compare(
        _ a: JSONValue?, _ b: JSONValue?, at place: [TapePath.Component], into found: inout [TapeDifference]
    ) {
        switch (a, b) {
        case (.object(let a)?, .object(let b)?):
            for name in a.names + b.names.filter({ b in !a.names.contains(b) }) {
                compare(a[name], b[name], at: place + [.member(name)], into: &found)
            }
        case (.array(let a)?, .array(let b)?):
            for index in 0..<max(a.count, b.count) {
                compare(
                    index < a.count ? a[index] : Optional.none, index < b.count ? b[index] : Optional.none,
                    at: place + [.index(index)], into: &found)
            }
        default:
            guard a != b else { return }
            found.append(
                TapeDifference(
                    subject: .path(TapePath(place)), recorded: a.map(short), sent: b.map(short),
                    size: max(a.map(leaves) ?? 0, b.map(leaves) ?? 0)))
        }
    }

    private static func leaves(_ value: JSONValue) -> Int {
        switch value {
        case .object(let object): object.members.reduce(1) { $0 + leaves($1.value) }
        case .array(let values): values.reduce(1) { $0 + leaves($1) }
        default: 1
        }
    }

    /// As much of a value as a line of a terminal takes.
    private static func short(_ value: JSONValue) -> String {
        let text = value.text()
        return text.count <= 60 ? text : "\(text.prefix(57))…"
    }
}

/// What is said of a request that nothing on the tape answers.
package struct TapeMiss: Sendable, Hashable {
    package enum Reason: Sendable, Hashable {
        case unknown
        /// It is on the tape, and has answered as often as it may.
        case usedUp
        /// It is on the tape, but another one was recorded at this point.
        case outOfOrder
        /// It is on the tape, but where an identifier stands that an answer had told, another stands that none has.
        case stranger
        case emptyTape
    }

    package var reason: Reason
    package var request: String
    /// `default#3`.
    package var nearest: String?
    package var differences: [TapeDifference]
    /// Whether it would match by conversation.
    package var differsInNamesAlone = false

    /// Several lines for a terminal.
    package var lines: [String] {
        var lines = ["\(headline): \(request)"]
        guard let nearest else { return lines }
        switch reason {
        case .usedUp: return lines + ["  recorded as \(nearest); --repeat last or cycle lets it answer again"]
        case .outOfOrder: lines.append("  next on the tape: \(nearest)")
        case .stranger: lines.append("  recorded as \(nearest), with what an earlier answer had told")
        case .unknown, .emptyTape: lines.append("  nearest: \(nearest)")
        }
        lines += differences.prefix(Self.shown).map { "    \($0.words)" }
        if differences.count > Self.shown { lines.append("    … and \(differences.count - Self.shown) more") }
        if differsInNamesAlone {
            lines.append("  would match with   --match conversation (match: conversation)")
        } else if let ignore {
            lines.append("  would match with   ignore: \(ignore)")
        }
        return lines
    }

    /// The same in one sentence, for an error message.
    package var sentence: String { lines.map { $0.drop { $0 == " " } }.joined(separator: "; ") + "." }

    private static let shown = 8

    private var headline: String {
        switch reason {
        case .unknown: "nothing on the tape matches"
        case .usedUp: "used up on the tape"
        case .outOfOrder: "out of order"
        case .stranger: "names what no answer of this replay has told"
        case .emptyTape: "the tape is empty, and has no answer to"
        }
    }

    /// What would have to be ignored; nil where that cannot help.
    package var ignore: String? {
        var paths: [String] = []
        for difference in differences {
            guard case .path(let path) = difference.subject, !path.components.isEmpty else { return nil }
            paths.append(path.description)
        }
        return paths.isEmpty || reason != .unknown ? nil : paths.joined(separator: ", ")
    }
}

extension TapeDifference {
    var words: String {
        let place =
            switch subject {
            case .method: "method"
            case .target: "target"
            case .path(let path): path.description
            case .body: "body"
            }
        return "\(place)   recorded \(recorded ?? "nothing")   sent \(sent ?? "nothing")"
    }
}
