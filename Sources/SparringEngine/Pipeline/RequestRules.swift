import SparringAPI
package import SparringExchange
import SparringJSON
import SparringWire

/// Checks that an `Authorization` header (bearer or browser-style Basic) is present; any credentials are accepted.
enum Credentials {
    static func isPresent(in request: Request) -> Bool { request.headers["authorization"].map { !$0.isEmpty } ?? false }

    /// The key as sent: after `Bearer`, or as the password of Basic; nil without a key.
    static func key(of request: Request) -> String? {
        guard let field = request.headers["authorization"], let space = field.firstIndex(of: " ") else { return nil }
        let value = field[field.index(after: space)...].drop { $0 == " " }
        switch field[..<space].lowercased() {
        case "bearer": return value.isEmpty ? nil : String(value)
        case "basic":
            guard let pair = Base64.decode(value), let colon = pair.firstIndex(of: UInt8(ascii: ":")) else {
                return nil
            }
            let password = String(decoding: pair[(colon + 1)...], as: UTF8.self)
            return password.isEmpty ? nil : password
        default: return nil
        }
    }

    static let missing = APIError(
        status: 401,
        message:
            "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth "
            + "(i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if you're accessing the API "
            + "from your browser and are prompted for a username and password. You can obtain an API key from "
            + "https://platform.openai.com/account/api-keys.",
        headers: ["www-authenticate": "Basic realm=\"OpenAI API\""])
}

extension Validation {
    /// The validation mode for this request. The header `X-Sparring-Validation` overrides the scenario.
    static func wanted(by request: Request, in world: ScenarioContext) throws(APIError) -> Validation {
        guard let name = request.headers["x-sparring-validation"] else { return world.validation }
        guard let validation = Validation(rawValue: name) else {
            let names = allCases.map(\.rawValue).joined(separator: ", ")
            throw APIError(
                message: "Sparring: 'X-Sparring-Validation: \(name)' is unknown; use one of \(names).",
                code: "sparring_unsupported",
                headers: ["x-should-retry": "false"])
        }
        return validation
    }
}

/// WebSocket upgrades for the Realtime API and the Responses API, which are not emulated. Rejected at the handshake,
/// where a client can report the error.
package enum WebSocketUpgrade {
    package static func isAsked(by request: Request) -> Bool {
        request.headers["upgrade"].map { $0.lowercased().contains("websocket") } ?? false
    }

    static func refusal(_ method: String, _ path: Substring) -> APIError {
        APIError(
            status: 400,
            message: "Sparring: \(reason) (\(method) \(path)). Use HTTP requests or server-sent events.",
            code: "sparring_unsupported", headers: ["x-should-retry": "false"])
    }

    static let reason = "WebSocket connections are not emulated"
}

/// CORS for clients in a browser (Fetch standard, CORS protocol): allows every origin, method and header.
enum CrossOrigin {
    static func preflight(_ request: Request) -> Answer {
        Answer(
            status: 204,
            headers: [
                "access-control-allow-origin": "*",
                "access-control-allow-methods": "GET, POST, DELETE, OPTIONS, HEAD",
                "access-control-allow-headers": request.headers["access-control-request-headers"] ?? "*",
                "access-control-expose-headers": "*",
                "access-control-max-age": "86400",
            ])
    }
}

/// Decides whether the connection may serve another request (RFC 9112 §9.3).
package enum Persistence {
    package static func isWanted(by request: Request) -> Bool {
        guard let options = request.headers["connection"] else { return request.minorVersion >= 1 }
        // After a request with `Upgrade` the decoder stops reading requests, so the connection cannot continue.
        if names("close", in: options) || names("upgrade", in: options) { return false }
        return request.minorVersion >= 1 || names("keep-alive", in: options)
    }

    /// True if a comma-separated list contains the word, case-insensitively. Works on bytes because it runs for every
    /// request.
    private static func names(_ word: StaticString, in list: String) -> Bool {
        list.utf8.split(separator: 0x2C).contains { item in
            let item = item.drop { $0 == 0x20 }
            return item.prefix(word.utf8CodeUnitCount).count == word.utf8CodeUnitCount
                && zip(item, UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
                    .allSatisfy { $0 | 0x20 == $1 | 0x20 }
        }
    }
}

/// Identifies requests: equal for equal requests in this process; never stored.
enum Fingerprint {
    /// A digest of method, path and body: the same in every run and session.
    static func digest(of request: Request, path: Substring) -> UInt64 {
        var hash = FNV1a()
        hash.add(request.method.utf8)
        hash.add(path.utf8)
        hash.add(0)
        hash.add(request.body)
        return hash.value
    }

    /// The fingerprint of a form without its boundary, which differs in every attempt.
    static func of(_ request: Request, _ form: FormIntake) -> UInt64 {
        var head = request
        head.body = []
        return of(head) ^ UInt64(bitPattern: Int64(form.fingerprint))
    }

    /// The fingerprint of a request whose body is still arriving. It is unique, because the body cannot be compared
    /// yet.
    static func ofUpload(connection: Int, _ now: Moment) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(connection)
        hasher.combine(now)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    static func of(_ request: Request) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(request.method)
        hasher.combine(request.target)
        request.body.withUnsafeBytes { hasher.combine(bytes: $0) }
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}

extension RequestProblem {
    /// The error for an invalid request, in the API's wording if it is known.
    var error: APIError {
        switch self {
        case .malformed(let reason):
            APIError(status: 400, message: "Sparring: this is not an HTTP/1.1 request: \(reason).")
        case .headTooLarge(let limit):
            APIError(status: 431, message: "Sparring: the request's header fields exceed the limit of \(limit) bytes.")
        case .bodyTooLarge(let limit):
            APIError(
                status: 413, message: "Sparring: the request body exceeds the limit of \(limit) bytes.",
                headers: ["x-should-retry": "false"])
        case .timeout: APIError(status: 408, message: "Sparring: the request did not arrive in time.")
        }
    }
}

extension JSONValue {
    func replacing(_ name: String, with value: JSONValue) -> JSONValue {
        guard case .object(var object) = self else { return self }
        object[name] = value
        return .object(object)
    }
}
