import SparringEngine
import SparringExchange
import SparringScenario
import SparringWire

/// The bodies of requests about breakpoints. If the body is empty, all defaults apply.
extension AdminBody {
    /// `{"at":"event 3","filter":"model:gpt-4o","next":1,"limit":"60s"}`
    static func hold(_ body: [UInt8], session: String?) throws(AdminProblem) -> AdminCall {
        let usual = RequestAddress.defaultName
        guard !body.isEmpty else { return .hold(Breakpoint(session: session ?? usual)) }
        let keys = ["session", "at", "filter", "next", "limit"]
        return try read(body, keys: keys, example: #"{"at":"event 3","filter":"model:gpt-4o","limit":"60s"}"#) { body in
            let (reader, mapping) = (body.reader, body.mapping)
            var breakpoint = Breakpoint(session: body.session(or: session) ?? usual)
            if let node = mapping["at"], let point = point(node, reader) { breakpoint.point = point }
            if let node = mapping["next"] { breakpoint.calls = reader.integer(node, "next", atLeast: 1) ?? 1 }
            if let node = mapping["limit"], let limit = limit(node, reader) { breakpoint.limit = limit }
            if let node = mapping["filter"], let text = reader.text(node, "filter") {
                do throws(ExchangeFilter.Problem) {
                    breakpoint.filter = try ExchangeFilter(text)
                    breakpoint.filterText = text
                } catch {
                    reader.note(node, "\(error.what): \(error.fix)")
                }
            }
            return .hold(breakpoint)
        }
    }

    private static func point(_ node: YAMLNode, _ reader: YAMLReader) -> Fault.Point? {
        guard let point = ScenarioLoader.point(node, reader: reader, errors: MockScenario.catalogue) else { return nil }
        guard Breakpoint.admits(point) else {
            reader.note(
                node,
                "an answer cannot be held at '\(point)'; use start, head, first_content, event N, content N, token N, done or end"
            )
            return nil
        }
        return point
    }

    private static func limit(_ node: YAMLNode, _ reader: YAMLReader) -> Duration? {
        guard let limit = reader.duration(node, "limit") else { return nil }
        guard limit > .zero, limit <= Breakpoint.longestLimit else {
            reader.note(node, "limit must be above 0 and at most \(Breakpoint.longestLimit.words)")
            return nil
        }
        return limit
    }

    /// `{"number":3,"end":"reset"}`
    static func release(_ body: [UInt8], session: String?) throws(AdminProblem) -> AdminCall {
        let usual = RequestAddress.defaultName
        guard !body.isEmpty else { return .release(number: nil, .go, session: session ?? usual) }
        let example = #"{"number":3,"end":"reset"}, or no body to let every answer of the session go"#
        return try read(body, keys: ["session", "number", "end"], example: example) { body in
            let number = body.mapping["number"].flatMap { body.reader.integer($0, "number", atLeast: 1) }
            let end = body.mapping["end"].flatMap { node in
                body.reader.choice(node, "end", HoldEnd.allCases.map { ($0.rawValue, $0) })
            }
            return .release(number: number, end ?? .go, session: body.session(or: session) ?? usual)
        }
    }
}
