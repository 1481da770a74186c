/// The operation for a method and a path.
package enum Route: Sendable, Hashable {
    /// `parameters`: the decoded path parameters, by name.
    case endpoint(Endpoint, parameters: [String: String])
    /// `OPTIONS`: the preflight request of a browser.
    case preflight
    case wrongMethod(APIError)
    case unknown(APIError)
}

/// Finds the endpoint of a request. Ignores doubled and trailing slashes, which base URLs often cause.
package enum Router {
    /// - Parameter path: without query and session prefix.
    package static func route(method: String, path: Substring) -> Route {
        // The most frequent request is routed without splitting the path.
        if method == "POST", path == "/v1/chat/completions" { return .endpoint(.chatCompletions, parameters: [:]) }
        if method == "OPTIONS" { return .preflight }
        let segments = path.split(separator: "/")
        let here = places.filter { $0.template.matches(segments) }
        // A literal segment takes precedence over a parameter: in `/responses/compact`, `compact` is not an id.
        let spelled = here.map(\.template.parameterCount).min()
        let wanted = method == "HEAD" ? "GET" : method
        guard let place = here.first(where: { $0.template.parameterCount == spelled && $0.method == wanted }) else {
            return here.isEmpty ? .unknown(unknown(method, path)) : .wrongMethod(wrong(method, path))
        }
        return .endpoint(place.endpoint, parameters: place.template.parameters(of: segments))
    }

    private static let places = Endpoint.allCases.map(Place.init)

    package static func unknown(_ method: String, _ path: Substring) -> APIError {
        APIError(status: 404, message: "Invalid URL (\(method) \(path))", layout: .routing)
    }

    package static func wrong(_ method: String, _ path: Substring) -> APIError {
        APIError(
            status: 405,
            message: "Not allowed to \(method) on \(path). (HINT: Perhaps you meant to use a different HTTP method?)")
    }
}

/// An operation and its path template.
private struct Place: Sendable {
    let endpoint: Endpoint
    let method: String
    let template: PathTemplate

    init(_ endpoint: Endpoint) {
        self.endpoint = endpoint
        method = endpoint.operation.method
        template = PathTemplate(endpoint.operation.path)
    }
}
