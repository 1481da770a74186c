import SparringEngine
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// The reason why an admin request is refused: the problem, its place, and the fix.
struct AdminProblem: Error, Sendable, Hashable {
    var status: Int
    var what: String
    /// The header field, query parameter or place of a body.
    var place: String
    var fix: String
    /// All mistakes in a body.
    var mistakes: [Diagnostic] = []
    var headers: HeaderFields = [:]

    var answer: Answer {
        var error: JSONObject = ["what": .string(what), "where": .string(place), "fix": .string(fix)]
        if !mistakes.isEmpty { error["mistakes"] = .array(mistakes.map(\.json)) }
        return .admin(status: status, ["error": .object(error)], headers: headers)
    }
}

extension AdminProblem {
    /// A request that could not be read. The connection ends after the answer.
    init(_ problem: RequestProblem) {
        switch problem {
        case .malformed(let reason):
            self.init(status: 400, what: "not an HTTP/1.1 request: \(reason)", place: "head", fix: "send HTTP/1.1")
        case .headTooLarge(let limit):
            self.init(status: 431, what: "the head is too large", place: "head", fix: "send at most \(limit) bytes")
        case .bodyTooLarge:
            self = .bodyTooLarge
        case .timeout:
            self.init(
                status: 408, what: "the request did not arrive in time", place: "body",
                fix: "send the request without long pauses")
        }
    }

    /// The store that servers share did not commit the changes of the request.
    init(_ problem: StoreProblem) {
        self.init(
            status: 503, what: "the database of --store did not commit this: \(problem)", place: "the database",
            fix: "check that every server reaches the database, then send the request again")
    }

    /// The largest body of an admin request, in bytes.
    static let largestBody = 1 << 20

    static let bodyTooLarge = AdminProblem(
        status: 413, what: "the body is too large", place: "body",
        fix: "send at most \(largestBody) bytes; start the server with `sparring serve FILE` for a larger scenario")

    /// - Parameter text: the body that contains the mistakes.
    static func mistakes(_ mistakes: Mistakes, in text: String, fix: String) -> AdminProblem {
        let root = YAMLReader(file: "body", origin: .sent).root(of: text)
        var all = mistakes.diagnostics
        for index in all.indices { all[index].place = root?.place(line: all[index].line, column: all[index].column) }
        let first = all.first
        return AdminProblem(
            status: 422, what: all.count == 1 ? all[0].message : "the body has \(all.count) mistakes",
            place: first.map { "\($0.file):\($0.line):\($0.column)" } ?? "body", fix: fix, mistakes: all)
    }
}

extension Diagnostic {
    fileprivate var json: JSONValue {
        [
            "file": .string(file), "line": .number(JSONNumber(line)), "column": .number(JSONNumber(column)),
            "message": .string(message), "text": .string(description), "where": .string(orNull: place),
        ]
    }
}

extension Answer {
    /// An answer with one line of JSON, which must not be cached.
    static func admin(status: Int = 200, _ value: JSONValue, headers: HeaderFields = [:]) -> Answer {
        admin(status: status, contentType: "application/json", value.serialized() + [0x0A], headers: headers)
    }

    static func admin(status: Int = 200, contentType: String, _ body: [UInt8], headers: HeaderFields = [:]) -> Answer {
        var fields: HeaderFields = [
            "content-type": contentType, "cache-control": "no-store", "x-content-type-options": "nosniff",
        ]
        for field in headers.fields { fields.append(field.name, field.value) }
        return Answer(status: status, headers: fields, body: .whole(body))
    }
}
