/// What a method and a path ask for.
package enum Route: Sendable, Hashable {
    /// `parameters`: what the path has in the places of the operation's template, by name, decoded.
    case endpoint(Endpoint, parameters: [String: String])
    /// `OPTIONS`: a browser asks before it calls.
    case preflight
    case wrongMethod(APIError)
    case unknown(APIError)
}

/// Finds the endpoint of a request. A doubled or trailing slash, as a base URL with one leaves behind, is no difference.
package enum Router {
    /// - Parameter path: without query and without a session's prefix.
    package static func route(method: String, path: Substring) -> Route {
        // Most of all requests, and no path to take apart.
        if method == "POST", path == "/v1/chat/completions" { return .endpoint(.chatCompletions, parameters: [:]) }
        if method == "OPTIONS" { return .preflight }
        let segments = path.split(separator: "/")
        let here = places.filter { $0.template.matches(segments) }
        // A segment that is spelled out goes before a parameter: `/responses/compact` is no response called compact.
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

/// An operation and where it is found.
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
