import SparringEngine
import SparringJSON
import SparringScenario
import SparringWire

/// Reads the bodies of admin requests: JSON or YAML, with the keys of the scenario grammar. Reports every mistake with
/// its place.
enum AdminBody {
    /// The file name in diagnostics.
    private static let name = "body"

    static func scenario(_ body: [UInt8]) throws(AdminProblem) -> SparringScenario.Scenario {
        let text = try text(body)
        switch ScenarioLoader.load(text: text, file: name, origin: .sent, errors: MockScenario.catalogue) {
        case .success(let scenario):
            guard scenario.listener == nil else {
                throw AdminProblem(
                    status: 400, what: "a session has no listener of its own", place: "listeners",
                    fix: "put `listeners` into the scenario that the server is started with")
            }
            return scenario
        case .failure(let mistakes):
            throw .mistakes(mistakes, in: text, fix: "correct the body and send it again")
        }
    }

    /// `{"session": "NAME"}`, or an empty body.
    static func session(_ body: [UInt8], session: String?) throws(AdminProblem) -> String? {
        guard !body.isEmpty else { return session }
        return try read(body, keys: ["session"], example: #"{"session":"a"}, or no body for all sessions"#) { body in
            body.session(or: session)
        }
    }

    static func faults(_ body: [UInt8], session: String?) throws(AdminProblem) -> AdminCall {
        let example = #"{"next":2,"faults":[{"at":"event 5","end":"reset"}]}"#
        return try read(body, keys: ["session", "next", "faults"], example: example) { body in
            let calls = body.mapping["next"].flatMap { body.reader.integer($0, "next", atLeast: 1) } ?? 1
            guard let node = body.mapping["faults"] else {
                body.reader.note(body.root, "`faults` is missing: the list of faults for the next calls")
                return .faults([], calls: calls, session: "", source: "")
            }
            let faults = ScenarioLoader.faults(node, reader: body.reader, errors: MockScenario.catalogue)
            if faults.isEmpty, body.reader.diagnostics.isEmpty { body.reader.note(node, "faults is empty") }
            return .faults(
                faults, calls: calls, session: body.session(or: session) ?? RequestAddress.defaultName,
                source: node.json.string ?? node.json.text())
        }
    }

    static func clock(_ body: [UInt8], session: String?) throws(AdminProblem) -> AdminCall {
        try read(body, keys: ["session", "advance", "scale"], example: #"{"advance":"24h"} or {"scale":0.01}"#) {
            body in
            let advance = body.mapping["advance"].flatMap { body.reader.duration($0, "advance") }
            let scale = body.mapping["scale"].flatMap { node -> Double? in
                if case .number(let number) = node.json, SessionClock.scales.contains(number.double) {
                    return number.double
                }
                let (low, high) = (SessionClock.scales.lowerBound, Int(SessionClock.scales.upperBound))
                body.reader.note(
                    node,
                    "scale is how long a second of the session takes in real time, from \(low) to \(high), not \(node.inWords)"
                )
                return nil
            }
            if body.mapping["advance"] == nil, body.mapping["scale"] == nil {
                body.reader.note(body.root, "give `advance`, `scale` or both")
            }
            return .clock(
                advance: advance, scale: scale, session: body.session(or: session) ?? RequestAddress.defaultName)
        }
    }

    // MARK: Reading

    struct Reading {
        let reader: YAMLReader
        let root: YAMLNode
        let mapping: YAMLMapping

        /// - Parameter query: the session in the query.
        func session(or query: String?) -> String? {
            guard let node = mapping["session"], let name = reader.text(node, "session") else { return query }
            if name.isEmpty { reader.note(node, "the session has no name") }
            if let query, query != name { reader.note(node, "the query names another session, '\(query)'") }
            return name
        }
    }

    /// Reads a body. If a mistake was noted, the result of `make` is ignored.
    static func read<Value>(
        _ body: [UInt8], keys: [String], example: String, _ make: (Reading) -> Value
    ) throws(AdminProblem) -> Value {
        let text = try text(body)
        guard !text.allSatisfy(\.isWhitespace) else {
            throw AdminProblem(status: 400, what: "the body is empty", place: name, fix: "send \(example)")
        }
        let reader = YAMLReader(file: name, origin: .sent)
        let value = reader.root(of: text).flatMap { root in
            reader.mapping(root, "the body", keys: keys).map {
                make(Reading(reader: reader, root: root, mapping: $0))
            }
        }
        guard let value, reader.diagnostics.isEmpty else {
            throw .mistakes(reader.mistakes, in: text, fix: "send \(example)")
        }
        return value
    }

    private static func text(_ body: [UInt8]) throws(AdminProblem) -> String {
        guard let text = String(validating: body, as: UTF8.self) else {
            throw AdminProblem(status: 400, what: "the body is not UTF-8", place: name, fix: "encode it as UTF-8")
        }
        return text
    }
}
