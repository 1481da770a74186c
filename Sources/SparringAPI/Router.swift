import SparringWire

/// What a method and a path ask for.
package enum Route: Sendable, Hashable {
    case endpoint(Endpoint, model: String?)
    /// `OPTIONS`: a browser asks before it calls.
    case preflight
    case wrongMethod(APIError)
    case unknown(APIError)
}

/// Finds the endpoint of a request. A doubled or trailing slash, as a base URL with one leaves behind, is no difference.
package enum Router {
    /// - Parameter path: without query and without a session's prefix.
    package static func route(method: String, path: Substring) -> Route {
        if method == "OPTIONS" { return .preflight }
        // Most of all requests, and no path to take apart.
        if path == "/v1/chat/completions" { return post(.chatCompletions, method, path) }
        let parts = path.split(separator: "/")
        switch (parts.first, parts.dropFirst().map(String.init)) {
        case ("v1", ["chat", "completions"]): return post(.chatCompletions, method, path)
        case ("v1", ["responses"]): return post(.responses, method, path)
        case ("v1", ["embeddings"]): return post(.embeddings, method, path)
        case ("v1", ["models"]): return get(.models, nil, method, path)
        case ("v1", let rest) where rest.count == 2 && rest[0] == "models":
            return get(.model, PercentEncoding.decode(rest[1][...]), method, path)
        default: return .unknown(unknown(method, path))
        }
    }

    private static func post(_ endpoint: Endpoint, _ method: String, _ path: Substring) -> Route {
        method == "POST" ? .endpoint(endpoint, model: nil) : .wrongMethod(wrong(method, path))
    }

    private static func get(_ endpoint: Endpoint, _ model: String?, _ method: String, _ path: Substring) -> Route {
        method == "GET" || method == "HEAD" ? .endpoint(endpoint, model: model) : .wrongMethod(wrong(method, path))
    }

    private static func unknown(_ method: String, _ path: Substring) -> APIError {
        APIError(status: 404, message: "Invalid URL (\(method) \(path))", layout: .routing)
    }

    private static func wrong(_ method: String, _ path: Substring) -> APIError {
        APIError(
            status: 405,
            message: "Not allowed to \(method) on \(path). (HINT: Perhaps you meant to use a different HTTP method?)")
    }
}
