import SparringExchange
import SparringWire

/// Decides who may use the admin API. The admin API changes a server's answers, and a foreign page in a browser on this machine could call
/// it.
struct AdminAccessPolicy: Sendable {
    /// The address that the server listens on.
    let host: String
    let token: String?
    var isTLS = false

    private var isLoopback: Bool { HostName.isLoopback(HostName.normalized(host)) }

    /// The reason why a request is refused; nil if it is accepted.
    func refusal(of request: Request) -> AdminProblem? {
        strangerRefusal(of: request) ?? tokenRefusal(of: request)
    }

    /// Refuses requests that a page of another site sends through a browser. The page may use its own name for this
    /// machine (DNS rebinding), which `Host` shows, or call across origins, which `Origin` shows.
    func strangerRefusal(of request: Request) -> AdminProblem? {
        let hosts = request.headers.fields.filter { $0.name.lowercased() == "host" }.map(\.value)
        guard hosts.count == 1, let host = hosts.first, let name = HostName(header: host)?.name else {
            return AdminProblem(
                status: 403, what: "the request does not have exactly one host", place: "header Host",
                fix: "send one Host field, such as 127.0.0.1")
        }
        guard isOurs(name) else {
            return AdminProblem(
                status: 403, what: "'\(name)' is not a name of this server", place: "header Host",
                fix: "use 127.0.0.1, localhost, [::1] or the address that the server listens on (--host)")
        }
        if let origin = request.headers["origin"],
            origin.lowercased() != "\(isTLS ? "https" : "http")://\(host.lowercased())"
        {
            return AdminProblem(
                status: 403, what: "a page from '\(origin)' may not use the admin API", place: "header Origin",
                fix: "call the admin API from a program that sends no Origin")
        }
        return nil
    }

    /// If a token is set, every request needs it; otherwise only requests to a loopback address are accepted.
    func tokenRefusal(of request: Request) -> AdminProblem? {
        guard let token else {
            guard !isLoopback else { return nil }
            return AdminProblem(
                status: 403, what: "the server listens on \(host), and has no admin token",
                place: "header Authorization",
                fix: "start the server with --admin-token or SPARRING_ADMIN_TOKEN, then send `Authorization: Bearer "
                    + "TOKEN`")
        }
        guard let given = BearerToken.given(in: request) else {
            return unauthorized("the admin API of this server needs a token", "send `Authorization: Bearer TOKEN`")
        }
        guard BearerToken.isSame(given, token) else {
            return unauthorized("this is not the admin token", "send the token that the server was started with")
        }
        return nil
    }

    /// Whether the name may mean this server. A server that listens on all addresses can be reached under any name, so no list of names
    /// would be complete; on such a server, a page with an invented name is refused because it lacks the token.
    private func isOurs(_ name: String) -> Bool {
        let bound = HostName.normalized(host)
        return HostName.isLoopback(name) || name == bound || ["0.0.0.0", "::", ""].contains(bound)
    }

    private func unauthorized(_ what: String, _ fix: String) -> AdminProblem {
        AdminProblem(
            status: 401, what: what, place: "header Authorization", fix: fix,
            headers: ["www-authenticate": "Bearer realm=\"sparring admin\""])
    }
}

/// `NAME[:PORT]`, as in a `Host` field (RFC 9110 §7.2).
struct HostName {
    /// The name in lowercase, without port, brackets and final dot.
    let name: String

    init?(header: String) {
        var rest = Substring(header)
        if header.hasPrefix("[") {
            guard let end = header.firstIndex(of: "]") else { return nil }
            rest = header[header.index(after: header.startIndex)..<end]
            let port = header[header.index(after: end)...]
            guard port.isEmpty || Self.isPort(port) else { return nil }
        } else if let colon = header.firstIndex(of: ":") {
            rest = header[..<colon]
            guard Self.isPort(header[colon...]) else { return nil }
        }
        name = Self.normalized(String(rest))
        guard !name.isEmpty else { return nil }
    }

    static func normalized(_ name: String) -> String {
        let name = name.lowercased()
        return name.hasSuffix(".") ? String(name.dropLast()) : name
    }

    /// Names that always mean this machine (RFC 6761 §6.3, RFC 1122 §3.2.1.3).
    static func isLoopback(_ name: String) -> Bool {
        if name == "localhost" || name == "::1" { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { isNumber($0) && UInt8($0) != nil }
    }

    private static func isPort(_ text: Substring) -> Bool { text.first == ":" && isNumber(text.dropFirst()) }

    private static func isNumber(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}

/// `Authorization: Bearer TOKEN` (RFC 6750 §2.1).
enum BearerToken {
    static func given(in request: Request) -> String? {
        guard let field = request.headers["authorization"], let space = field.firstIndex(of: " "),
            field[..<space].lowercased() == "bearer"
        else { return nil }
        let token = field[space...].drop { $0 == " " }
        return token.isEmpty ? nil : String(token)
    }

    /// Compares in constant time: the position of the first wrong byte does not change the time.
    static func isSame(_ given: String, _ wanted: String) -> Bool {
        let (given, wanted) = (Array(given.utf8), Array(wanted.utf8))
        guard !wanted.isEmpty else { return false }
        var difference = given.count ^ wanted.count
        for index in given.indices { difference |= Int(given[index] ^ wanted[index % wanted.count]) }
        return difference == 0
    }
}
