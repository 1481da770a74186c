import SparringEngine
import SparringExchange
import SparringScenario
import SparringWire

/// Parses admin requests. The router is pure: it returns the call and does not execute it.
enum AdminRouter {
    static let root = "/_sparring"

    /// Called for every request of the server, so it only compares bytes. Paths of the API differ in the second byte.
    static func isAdmin(_ target: String) -> Bool {
        guard target.begins(with: root) else { return false }
        let next = target.utf8.dropFirst(root.utf8.count).first
        return next == nil || next == UInt8(ascii: "/") || next == UInt8(ascii: "?")
    }

    enum Resource: String, CaseIterable {
        case health, journal, live, exchange, verification, usage, metrics, reset, scenario, faults, clock
        case dials, breakpoints, hold, release

        var methods: [String] {
            switch self {
            case .health, .journal, .live, .exchange, .verification, .usage, .metrics, .breakpoints: ["GET"]
            case .scenario: ["PUT", "GET"]
            case .reset, .faults, .clock, .dials, .hold, .release: ["POST"]
            }
        }

        var parameters: [String] {
            switch self {
            case .health: []
            case .metrics: ["servers"]
            case .usage: ["by", "session", "endpoint", "model", "key", "user", "every", "format"]
            case .journal: ["session", "endpoint", "status", "since", "after", "limit", "filter", "bodies", "follow"]
            case .live: ["since", "limit"]
            case .exchange: ["session", "number", "most"]
            case .scenario: ["session", "use", "check"]
            case .verification, .reset, .faults, .clock, .dials, .breakpoints, .hold, .release: ["session"]
            }
        }

        var path: String { "\(root)/\(rawValue)" }
    }

    static func resource(of request: Request) throws(AdminProblem) -> Resource {
        let path = request.path
        let name = path.dropFirst(root.count + 1)
        guard path.hasPrefix(root + "/"), let resource = Resource(rawValue: String(name)) else {
            let all = Resource.allCases.map { "\($0.methods[0]) \($0.path)" }.joined(separator: ", ")
            let near = Nearest.name(to: String(name), among: Resource.allCases.map(\.rawValue))
            throw AdminProblem(
                status: 404, what: "there is no '\(path)'", place: "path",
                fix: (near.map { "did you mean \(root)/\($0)? " } ?? "") + "The paths are \(all)")
        }
        guard resource.methods.contains(request.method == "HEAD" ? "GET" : request.method) else {
            throw AdminProblem(
                status: 405, what: "\(resource.path) does not take \(request.method)", place: "method",
                fix: "use \(resource.methods.joined(separator: " or "))",
                headers: ["allow": resource.methods.joined(separator: ", ")])
        }
        return resource
    }

    static func call(_ resource: Resource, _ request: Request) throws(AdminProblem) -> AdminCall {
        guard request.body.count <= AdminProblem.largestBody else { throw .bodyTooLarge }
        let query = try query(of: request, for: resource)
        let session = try session(in: query)
        switch resource {
        case .health: return .health
        case .journal: return try journal(query, request)
        case .live:
            let limit = try number("limit", query, from: 1, through: LiveReport.largest)
            return .live(since: try since(query), limit: limit ?? LiveReport.largest)
        case .exchange:
            guard let number = try number("number", query, from: 1, through: .max) else {
                throw AdminProblem(
                    status: 400, what: "the exchange has no number", place: "query, number",
                    fix: "give the exchange's number in the session, as in the journal")
            }
            return .exchange(
                number, session: session ?? RequestAddress.defaultName,
                most: try self.number("most", query, from: 1, through: 1 << 40))
        case .usage: return .usage(try UsageQuery(query), try format(query, request))
        case .metrics: return .metrics(ofAll: try servers(query))
        case .reset: return .reset(session: try AdminBody.session(request.body, session: session))
        case .verification: return .verification(session: session ?? RequestAddress.defaultName)
        case .scenario:
            let name = session ?? RequestAddress.defaultName
            if request.method != "PUT" { return .scenarioText(session: name) }
            if try flag("check", query) { return .check(try AdminBody.scenario(request.body)) }
            if let use = query["use"] { return .scenario(try builtIn(use, request), session: name) }
            return .scenario(try AdminBody.scenario(request.body), session: name)
        case .faults: return try AdminBody.faults(request.body, session: session)
        case .clock: return try AdminBody.clock(request.body, session: session)
        case .dials: return try AdminBody.dials(request.body, session: session)
        case .breakpoints: return .breakpoints(session: session)
        case .hold: return try AdminBody.hold(request.body, session: session)
        case .release: return try AdminBody.release(request.body, session: session)
        }
    }

    // MARK: Usage

    private static func format(_ query: QueryItems, _ request: Request) throws(AdminProblem) -> UsagePage.Format {
        switch query["format"] {
        case nil: (request.headers["accept"] ?? "").lowercased().hasPrefix("text/csv") ? .csv : .json
        case "json": .json
        case "csv": .csv
        case let name?:
            throw AdminProblem(
                status: 400, what: "there is no format '\(name)'", place: "query, format", fix: "use json or csv")
        }
    }

    // MARK: The query

    private static func query(of request: Request, for resource: Resource) throws(AdminProblem) -> QueryItems {
        let query = QueryItems(target: request.target)
        let names = resource.parameters
        for (index, item) in query.items.enumerated() {
            guard names.contains(item.name) else {
                let near = Nearest.name(to: item.name, among: names).map { "did you mean '\($0)'? " } ?? ""
                let all = names.isEmpty ? "none" : names.joined(separator: ", ")
                throw AdminProblem(
                    status: 400, what: "unknown parameter '\(item.name)'", place: "query",
                    fix: near + "\(resource.path) takes \(all)")
            }
            guard !query.items[..<index].contains(where: { $0.name == item.name }) else {
                throw AdminProblem(
                    status: 400, what: "'\(item.name)' is given twice", place: "query", fix: "give it once")
            }
        }
        return query
    }

    private static func session(in query: QueryItems) throws(AdminProblem) -> String? {
        guard query["session"] != "" else {
            throw AdminProblem(
                status: 400, what: "the session has no name", place: "query, session",
                fix: "name the session, or leave the parameter out")
        }
        return query["session"]
    }

    /// A built-in scenario that the request names instead of sending a body.
    private static func builtIn(_ name: String, _ request: Request) throws(AdminProblem) -> SparringScenario.Scenario {
        guard request.body.isEmpty else {
            throw AdminProblem(
                status: 400, what: "'use' names a scenario, but the body contains another scenario",
                place: "query, use",
                fix: "leave one of them out")
        }
        guard BuiltIn.text(of: name) != nil, let scenario = try? MockScenario(named: name).resolved() else {
            let near = Nearest.name(to: name, among: BuiltIn.names).map { "did you mean '\($0)'? " } ?? ""
            throw AdminProblem(
                status: 404, what: "there is no built-in scenario '\(name)'", place: "query, use",
                fix: near + "See `sparring scenarios`, or pass a YAML scenario of your own")
        }
        return scenario
    }

    /// The maximum number of exchanges on one page of the journal.
    static let largestPage = 10_000

    private static func journal(_ query: QueryItems, _ request: Request) throws(AdminProblem) -> AdminCall {
        let follows = try flag("follow", query)
        let bodies = try flag("bodies", query)
        if follows, request.minorVersion < 1 {
            throw AdminProblem(
                status: 400, what: "HTTP/1.0 cannot send an answer without an end", place: "query, follow",
                fix: "use HTTP/1.1")
        }
        if follows, let name = ["since", "after"].first(where: { query[$0] != nil }) {
            throw AdminProblem(
                status: 400, what: "'\(name)' selects past exchanges, 'follow' sends future ones",
                place: "query, \(name)", fix: "leave one of them out")
        }
        if follows, bodies {
            throw AdminProblem(
                status: 400, what: "'follow' sends no bodies", place: "query, bodies",
                fix:
                    "leave one of them out; to get the bodies of an exchange, query the journal after the exchange has ended"
            )
        }
        if query["after"] != nil, query["session"] == nil {
            throw AdminProblem(
                status: 400, what: "'after' is the number of an exchange within a session",
                place: "query, after",
                fix: "name the session, or use 'since'")
        }
        let limit = try number("limit", query, from: 1, through: largestPage)
        var wanted = JournalQuery(session: query["session"], endpoint: query["endpoint"])
        wanted.status = try number("status", query, from: 100, through: 999)
        wanted.after = try number("after", query, from: 0, through: .max)
        wanted.since = try since(query)
        wanted.filter = try filter(query)
        wanted.limit = limit ?? 1000
        guard !follows else { return .follow(wanted, limit: limit) }
        return .journal(wanted, JournalFormat(accept: request.headers["accept"]), bodies: bodies)
    }

    private static func filter(_ query: QueryItems) throws(AdminProblem) -> ExchangeFilter? {
        guard let text = query["filter"] else { return nil }
        do throws(ExchangeFilter.Problem) {
            return try ExchangeFilter(text)
        } catch {
            throw AdminProblem(status: 400, what: error.what, place: "query, filter", fix: error.fix)
        }
    }

    /// Reads `since`, in milliseconds since the server's start, like `ms` in every timeline.
    private static func since(_ query: QueryItems) throws(AdminProblem) -> Moment? {
        guard let text = query["since"] else { return nil }
        guard let milliseconds = Double(text), (0...1e12).contains(milliseconds) else {
            throw AdminProblem(
                status: 400, what: "'\(text)' is not a timestamp", place: "query, since",
                fix: "give milliseconds since the server's start, as `ms` in every timeline, such as 1500.25")
        }
        return Moment(nanoseconds: Int64(milliseconds * 1_000_000))
    }

    private static func number(
        _ name: String, _ query: QueryItems, from low: Int, through high: Int
    ) throws(AdminProblem) -> Int? {
        guard let text = query[name] else { return nil }
        guard let number = Int(text), (low...high).contains(number) else {
            throw AdminProblem(
                status: 400, what: "'\(text)' is not a valid \(name)", place: "query, \(name)",
                fix: "give a whole number from \(low)" + (high == .max ? "" : " to \(high)"))
        }
        return number
    }

    private static func servers(_ query: QueryItems) throws(AdminProblem) -> Bool {
        switch query["servers"] {
        case nil, "this": return false
        case "all": return true
        case let text?:
            throw AdminProblem(
                status: 400, what: "'\(text)' does not choose servers", place: "query, servers",
                fix: "use servers=all, or servers=this, the default")
        }
    }

    private static func flag(_ name: String, _ query: QueryItems) throws(AdminProblem) -> Bool {
        switch query[name] {
        case nil, "false": return false
        case "true", "": return true
        case let text?:
            throw AdminProblem(
                status: 400, what: "'\(text)' is neither true nor false", place: "query, \(name)",
                fix: "write \(name)=true")
        }
    }
}
