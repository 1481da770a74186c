package import SparringAPI
package import SparringJSON
package import SparringWire

/// The parts of a request that conditions test.
package struct CallView: Sendable {
    package var asked: AskedOperation
    package var model: String
    package var headers: HeaderFields
    package var body: JSONValue
    package var digest: CallDigest
    /// `upgrade` for a WebSocket handshake, the type of a client's event on a WebSocket, nil for other requests.
    package var event: String?

    package init(
        endpoint: Endpoint, model: String, headers: HeaderFields, body: JSONValue, digest: CallDigest,
        event: String? = nil
    ) {
        self.init(.emulated(endpoint), model: model, headers: headers, body: body, digest: digest)
        self.event = event
    }

    package init(_ asked: AskedOperation, model: String, headers: HeaderFields, body: JSONValue, digest: CallDigest) {
        self.asked = asked
        self.model = model
        self.headers = headers
        self.body = body
        self.digest = digest
    }

    /// Nil for an operation that only the OpenAPI document has.
    package var endpoint: Endpoint? { asked.endpoint }
}

extension CallView {
    /// The event of a WebSocket handshake in `when`.
    package static let upgrade = "upgrade"
    /// The event that asks for a response.
    package static let create = "response.create"
    /// The transcription of a user's audio in a Realtime session; the server starts it by itself.
    package static let transcription = "transcription"
    /// A message without a type, which no rule can name.
    package static let unnamed = ""
    /// The events that rules can name.
    package static let events = [upgrade, transcription] + RealtimeState.events

    /// True for a WebSocket handshake and for events that call no model. These requests use up only the steps of rules that name an event.
    var isPlainEvent: Bool { event.map { $0 != Self.create } ?? false }
}

/// A rule whose stateless conditions are true. The session evaluates the conditions that depend on its state.
package struct Candidate: Sendable {
    package var rule: Int
    package var captures: [String: String]
    /// The conditions that depend on state; nil if the rule matches.
    package var residual: Condition?

    package init(rule: Int, captures: [String: String], residual: Condition?) {
        self.rule = rule
        self.captures = captures
        self.residual = residual
    }
}

extension Scenario {
    /// Returns the rules that may answer, in order. The result depends only on the request; no lock and no state are needed.
    package func match(_ view: CallView) -> [Candidate] {
        var candidates: [Candidate] = []
        let kind = view.endpoint?.kind
        let isScripted = (kind == .model || kind == .socket) && !leavesOut(view.endpoint)
        for index in rules.indices {
            // Calls about stored objects match only rules that name the endpoint. Without this restriction, a client that lists its files
            // would use up steps that script the model's answers. Operations that only the OpenAPI document has are treated in the same
            // way, except for a rule whose answer fits every operation.
            if !isScripted, rules[index].condition?.namesEndpoint != true,
                kind != nil || !rules[index].fitsEveryOperation
            {
                continue
            }
            if view.isPlainEvent, rules[index].condition?.namesEvent != true { continue }
            var captures: [String: String] = [:]
            switch rules[index].condition?.verdict(view, &captures) ?? .yes {
            case .no: continue
            case .open(let rest): candidates.append(Candidate(rule: index, captures: captures, residual: rest))
            case .yes:
                candidates.append(Candidate(rule: index, captures: captures, residual: nil))
                return candidates
            }
        }
        return candidates
    }

    /// Whether the rules do not apply to the calls of an endpoint.
    package func leavesOut(_ endpoint: Endpoint?) -> Bool {
        guard !unscripted.isEmpty, let endpoint else { return false }
        return unscripted.contains(endpoint)
    }
}

extension Condition {
    /// Whether the condition tests the endpoint.
    var namesEndpoint: Bool { names(.endpoint) }

    /// Whether the condition tests the event of a WebSocket.
    package var namesEvent: Bool { names(.event) }

    private func names(_ field: Field) -> Bool {
        switch self {
        case .all(let conditions), .any(let conditions): conditions.contains { $0.names(field) }
        case .not(let condition): condition.names(field)
        case .field(let tested, _): tested == field
        case .attempt, .nth, .chance: false
        }
    }

    /// Whether the condition contains `chance`.
    package var hasDice: Bool {
        switch self {
        case .all(let conditions), .any(let conditions): conditions.contains(where: \.hasDice)
        case .not(let condition): condition.hasDice
        case .chance: true
        case .field, .attempt, .nth: false
        }
    }

    enum Verdict {
        case yes
        case no
        /// The stateless part is true; this stateful rest decides.
        case open(Condition)
    }

    func verdict(_ view: CallView, _ captures: inout [String: String]) -> Verdict {
        switch self {
        case .field(let field, let match): return match.holds(for: field, in: view, &captures) ? .yes : .no
        case .attempt, .nth, .chance: return .open(self)
        case .all(let conditions):
            var open: [Condition] = []
            for condition in conditions {
                switch condition.verdict(view, &captures) {
                case .no: return .no
                case .yes: continue
                case .open(let rest): open.append(rest)
                }
            }
            return open.isEmpty ? .yes : .open(.all(open))
        case .any(let conditions):
            var open: [Condition] = []
            for condition in conditions {
                switch condition.verdict(view, &captures) {
                case .yes: return .yes
                case .no: continue
                case .open(let rest): open.append(rest)
                }
            }
            return open.isEmpty ? .no : .open(.any(open))
        case .not(let condition):
            // Captures inside `not` are ignored.
            var ignored: [String: String] = [:]
            switch condition.verdict(view, &ignored) {
            case .yes: return .no
            case .no: return .yes
            case .open(let rest): return .open(.not(rest))
            }
        }
    }

    /// Evaluates the stateful rest of a condition.
    package func holds(attempt: Int, nth: Int, draw: Double) -> Bool {
        switch self {
        case .attempt(let range): range.contains(attempt)
        case .nth(let range): range.contains(nth)
        case .chance(let probability): draw < probability
        case .all(let conditions): conditions.allSatisfy { $0.holds(attempt: attempt, nth: nth, draw: draw) }
        case .any(let conditions): conditions.contains { $0.holds(attempt: attempt, nth: nth, draw: draw) }
        case .not(let condition): !condition.holds(attempt: attempt, nth: nth, draw: draw)
        // The function `verdict` has evaluated the stateless part; the rest contains no fields.
        case .field: true
        }
    }
}

extension Match {
    func holds(for field: Field, in view: CallView, _ captures: inout [String: String]) -> Bool {
        let values = field.values(in: view)
        if case .exists(let isWanted) = self { return values.isEmpty != isWanted }
        for value in values where holds(for: value, &captures) { return true }
        return false
    }

    private func holds(for value: JSONValue, _ captures: inout [String: String]) -> Bool {
        switch self {
        case .equals(let wanted): return value.isEquivalent(to: wanted)
        case .oneOf(let wanted): return wanted.contains { value.isEquivalent(to: $0) }
        case .contains(let text): return value.string.map { Self.contains($0, text) } ?? false
        case .glob(let pattern): return value.string.map { Glob.matches($0, pattern) } ?? false
        case .regex(let pattern):
            guard let found = value.string.flatMap(pattern.firstMatch) else { return false }
            captures.merge(found) { _, new in new }
            return true
        case .exists: return true
        }
    }

    private static func contains(_ text: String, _ part: String) -> Bool {
        let (text, part) = (Array(text.utf8), Array(part.utf8))
        guard !part.isEmpty else { return true }
        guard part.count <= text.count else { return false }
        return (0...(text.count - part.count)).contains {
            text[$0] == part[0] && text[$0..<($0 + part.count)].elementsEqual(part)
        }
    }
}

extension Field {
    /// The values of the field in a request; empty if it has none.
    func values(in view: CallView) -> [JSONValue] {
        switch self {
        case .endpoint: [.string(view.asked.name)]
        case .model: [.string(view.model)]
        case .header(let name): view.headers[name].map { [.string($0)] } ?? []
        case .lastUser: view.digest.lastUser.map { [.string($0)] } ?? []
        case .system: view.digest.system.map { [.string($0)] } ?? []
        case .offersTool: view.digest.tools.map { .string($0) }
        case .toolResult: view.digest.toolResults.map { .string($0) }
        case .path(let path): path.value(in: view.body).map { [$0] } ?? []
        case .stream: [.bool(view.digest.isStream)]
        case .turn: [.number(JSONNumber(view.digest.turn))]
        case .event: view.event.map { [.string($0)] } ?? []
        }
    }
}

/// Matches `*` as any text and `?` as one character, in linear time per star.
enum Glob {
    static func matches(_ text: String, _ pattern: String) -> Bool {
        let (text, pattern) = (Array(text.unicodeScalars), Array(pattern.unicodeScalars))
        var (t, p, star, mark) = (0, 0, -1, 0)
        while t < text.count {
            if p < pattern.count, pattern[p] == "*" {
                (star, mark) = (p, t)
                p += 1
            } else if p < pattern.count, pattern[p] == "?" || pattern[p] == text[t] {
                t += 1
                p += 1
            } else if star >= 0 {
                p = star + 1
                mark += 1
                t = mark
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == "*" }
    }
}
