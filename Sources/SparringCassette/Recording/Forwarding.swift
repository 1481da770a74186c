package import SparringExchange
package import SparringWire

/// The base URL of an upstream, as it would be set in a client.
package struct UpstreamAddress: Sendable, Hashable, CustomStringConvertible {
    package var isTLS: Bool
    package var host: String
    package var port: Int
    /// The path that replaces `/v1` of Sparring's base URL.
    package var path: String

    /// Parses an `http://` or `https://` URL with a host. Returns nil for other texts, and for URLs with credentials, a query or a
    /// fragment. The default path is `/v1`.
    package init?(_ text: String) {
        let schemes = ["https://": true, "http://": false]
        guard let (scheme, isTLS) = schemes.first(where: { text.lowercased().hasPrefix($0.key) }) else { return nil }
        let rest = text.dropFirst(scheme.count)
        guard !rest.contains(where: { "@?# ".contains($0) }) else { return nil }
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        var authority = rest[..<end]
        port = isTLS ? 443 : 80
        if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
            guard let number = Int(authority[authority.index(after: colon)...]), (1...65_535).contains(number) else {
                return nil
            }
            port = number
            authority = authority[..<colon]
        }
        if authority.hasPrefix("["), authority.hasSuffix("]") { authority = authority.dropFirst().dropLast() }
        guard !authority.isEmpty else { return nil }
        host = String(authority)
        self.isTLS = isTLS
        var path = String(rest[end...])
        while path.hasSuffix("/") { path.removeLast() }
        self.path = path.isEmpty ? "/v1" : path
    }

    /// The value of the header field `Host`.
    package var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isTLS ? 443 : 80) ? name : "\(name):\(port)"
    }

    package var description: String { "\(isTLS ? "https" : "http")://\(authority)\(path)" }
}

/// Makes the request to the upstream from the client's request. Only the fields that belong to a single connection
/// change (RFC 9110 §7.6.1).
package enum Forwarding {
    /// The header fields that belong to a single connection, in lower case. The header fields that `Connection` names are dropped as well.
    private static let hopByHop: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te", "trailer",
        "transfer-encoding", "upgrade",
    ]

    /// Content codings that can be searched for secrets.
    private static let codings: Set<String> = ["gzip", "x-gzip", "deflate", "identity"]

    /// - Parameters:
    ///   - target: the request's target without the session's prefix.
    ///   - key: the key that is sent in place of the client's key.
    package static func request(
        _ request: Request, target: String, to upstream: UpstreamAddress, key: String?
    ) -> Request {
        let dropped = hopByHop.union(request.headers.list("connection"))
        var headers = HeaderFields([HeaderFields.Field("Host", upstream.authority)])
        for field in request.headers.fields {
            let name = field.name.lowercased()
            switch name {
            case "host", "expect", "content-length", "x-sparring-session": continue
            case _ where dropped.contains(name): continue
            case "accept-encoding": headers.append(field.name, acceptable(field.value))
            case "authorization" where key != nil: headers.append(field.name, "Bearer \(key ?? "")")
            default: headers.append(field.name, field.value)
            }
        }
        if let key, !headers.contains("authorization") { headers.append("Authorization", "Bearer \(key)") }
        if request.upload != nil {
            // The client's framing is kept, because only the client knows the length of the rest.
            let length = request.headers["content-length"]
            headers.append(length == nil ? "Transfer-Encoding" : "Content-Length", length ?? "chunked")
            // A request without a body has no content length, unless its method expects one (RFC 9110 §8.6).
        } else if !request.body.isEmpty || ["POST", "PUT", "PATCH"].contains(request.method) {
            headers.append("Content-Length", String(request.body.count))
        }
        return Request(
            method: request.method, target: Self.target(target, at: upstream), headers: headers, body: request.body)
    }

    /// Makes a handshake for the upstream. Extensions are not offered, because compressed messages cannot be searched for secrets. The key
    /// in the client's handshake is passed on, so that the client can check the upstream's proof.
    package static func handshake(
        _ request: Request, target: String, to upstream: UpstreamAddress, key: String?
    ) -> Request {
        var sent = Forwarding.request(request, target: target, to: upstream, key: key)
        sent.headers.fields.removeAll { $0.name.lowercased() == "sec-websocket-extensions" }
        if let key { sent.headers["sec-websocket-protocol"] = protocols(SocketHandshake.protocols(sent.headers), key) }
        sent.headers.append("Connection", "Upgrade")
        sent.headers.append("Upgrade", "websocket")
        return sent
    }

    /// A browser sends its API key as a subprotocol. If there is no such subprotocol, the key in `Authorization` counts.
    private static func protocols(_ offered: [String], _ key: String) -> String? {
        let prefix = "openai-insecure-api-key."
        let rest = offered.map { $0.hasPrefix(prefix) ? prefix + key : $0 }
        return rest.isEmpty ? nil : rest.joined(separator: ", ")
    }

    private static func target(_ target: String, at upstream: UpstreamAddress) -> String {
        guard target == "/v1" || target.hasPrefix("/v1/") || target.hasPrefix("/v1?") else { return target }
        return upstream.path + target.dropFirst(3)
    }

    private static func acceptable(_ value: String) -> String {
        let wanted = value.split(separator: ",").filter { coding in
            let name = coding.split(separator: ";").first ?? ""
            return codings.contains(name.filter { $0 != " " }.lowercased())
        }
        return wanted.isEmpty ? "identity" : wanted.map { $0.drop { $0 == " " } }.joined(separator: ", ")
    }

    /// The header fields of an answer for the client, without framing.
    package static func headers(_ headers: HeaderFields) -> HeaderFields {
        let dropped = hopByHop.union(headers.list("connection"))
        return HeaderFields(headers.fields.filter { !dropped.contains($0.name.lowercased()) })
    }
}
