import SparringJSON

/// A place where a request differs from the recorded request.
package struct CassetteDifference: Sendable, Hashable {
    package enum Subject: Sendable, Hashable {
        case method
        case target
        /// A place in the body of the request.
        case path(CassettePath)
        /// At least one of the two bodies is not JSON.
        case body
    }

    package var subject: Subject
    /// The value as JSON, shortened; nil if there is no value.
    package var recorded: String?
    package var sent: String?
    /// The number of values that differ.
    var size = 1

    /// The weight of the difference in comparisons: another operation weighs more than any difference in the body.
    var weight: Int {
        switch subject {
        case .method, .target: 1000
        case .body: 100
        case .path: size
        }
    }

    static func between(_ recorded: NormalRequest, _ sent: NormalRequest) -> [CassetteDifference] {
        var found: [CassetteDifference] = []
        if recorded.method != sent.method {
            found.append(CassetteDifference(subject: .method, recorded: recorded.method, sent: sent.method))
        }
        if recorded.target != sent.target, !MaskedTarget.isMask(recorded.target) {
            found.append(CassetteDifference(subject: .target, recorded: recorded.target, sent: sent.target))
        }
        if let a = recorded.document, let b = sent.document {
            compare(a, b, at: [], into: &found)
        } else if recorded.fingerprint != sent.fingerprint, found.isEmpty {
            found.append(
                CassetteDifference(
                    subject: .body, recorded: recorded.document.map(short), sent: sent.document.map(short)))
        }
        return found
    }

    private static func compare(
        _ a: JSONValue?, _ b: JSONValue?, at place: [CassettePath.Component], into found: inout [CassetteDifference]
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
                CassetteDifference(
                    subject: .path(CassettePath(place)), recorded: a.map(short), sent: b.map(short),
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

    /// The start of a value, short enough for a terminal line.
    private static func short(_ value: JSONValue) -> String {
        let text = value.text()
        return text.count <= 60 ? text : "\(text.prefix(57))…"
    }
}

/// A request that no recording answers, with the message about it.
package struct CassetteMiss: Sendable, Hashable {
    package enum Reason: Sendable, Hashable {
        case unknown
        /// All recordings of the request have been used.
        case usedUp
        /// The request is in the cassette, but another request comes first.
        case outOfOrder
        /// The request is in the cassette, but the request has an identifier that no answer of the replay contained.
        case stranger
        case emptyCassette
    }

    package var reason: Reason
    package var request: String
    /// The nearest recording, as `default#3 POST /v1/…`.
    package var nearest: String?
    package var differences: [CassetteDifference]
    /// Whether the request would match if requests were matched by conversation.
    package var differsInNamesAlone = false
    /// Whether the request is a message on a WebSocket.
    package var isMessage = false

    /// The message about the miss, as lines for a terminal.
    package var lines: [String] {
        var lines = ["\(headline): \(request)"]
        guard let nearest else { return lines }
        switch reason {
        case .usedUp where isMessage: return lines + ["  recorded as \(nearest)"]
        case .usedUp: return lines + ["  recorded as \(nearest); to use it again: --repeat last or --repeat cycle"]
        case .outOfOrder: lines.append("  next in the cassette: \(nearest)")
        case .stranger: lines.append("  recorded as \(nearest), with an identifier from an earlier answer")
        case .unknown, .emptyCassette: lines.append("  nearest: \(nearest)")
        }
        lines += differences.prefix(Self.shown).map { "    \($0.words)" }
        if differences.count > Self.shown { lines.append("    … and \(differences.count - Self.shown) more") }
        if reason == .unknown, isMessage {
            lines.append("  a WebSocket cannot continue at the upstream; to record it again: sparring record")
        } else if reason == .unknown {
            lines.append("  to record it: --on-miss record --upstream URL")
        }
        if differsInNamesAlone {
            lines.append("  would match with   --match conversation (match: conversation)")
        } else if let ignore {
            lines.append("  would match with   ignore: \(ignore)   (in sparring.yaml, or --ignore for each path)")
        }
        return lines
    }

    /// The message about the miss as one sentence, for an error of the API.
    package var sentence: String { lines.map { $0.drop { $0 == " " } }.joined(separator: "; ") + "." }

    private static let shown = 8

    private var headline: String {
        switch reason {
        case .unknown: "nothing in the cassette matches"
        case .usedUp where isMessage: "the recorded WebSocket has no further message"
        case .usedUp: "all recordings of the request have been used"
        case .outOfOrder: "out of order"
        case .stranger: "has an identifier that no answer of this replay contained"
        case .emptyCassette: "the cassette is empty"
        }
    }

    /// The paths that can be ignored to get a match; nil if ignoring paths would not help.
    package var ignore: String? {
        var paths: [String] = []
        for difference in differences {
            guard case .path(let path) = difference.subject, !path.components.isEmpty else { return nil }
            paths.append(path.description)
        }
        return paths.isEmpty || reason != .unknown ? nil : paths.joined(separator: ", ")
    }
}

extension CassetteDifference {
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
