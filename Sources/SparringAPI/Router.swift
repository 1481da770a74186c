import SparringWire

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
        let here = templates.filter { $0.matches(segments) }
        // A segment that is spelled out goes before a parameter: `/responses/compact` is no response called compact.
        let spelled = here.map(\.parameterCount).min()
        let wanted = method == "HEAD" ? "GET" : method
        guard let template = here.first(where: { $0.parameterCount == spelled && $0.method == wanted }) else {
            return here.isEmpty ? .unknown(unknown(method, path)) : .wrongMethod(wrong(method, path))
        }
        return .endpoint(template.endpoint, parameters: template.parameters(of: segments))
    }

    private static let templates = Endpoint.allCases.map(PathTemplate.init)

    private static func unknown(_ method: String, _ path: Substring) -> APIError {
        APIError(status: 404, message: "Invalid URL (\(method) \(path))", layout: .routing)
    }

    private static func wrong(_ method: String, _ path: Substring) -> APIError {
        APIError(
            status: 405,
            message: "Not allowed to \(method) on \(path). (HINT: Perhaps you meant to use a different HTTP method?)")
    }
}

/// The path of an operation, taken apart.
private struct PathTemplate: Sendable {
    let endpoint: Endpoint
    let method: String
    private let segments: [Segment]

    private enum Segment: Sendable, Hashable {
        case literal(Substring)
        case parameter(String)
    }

    init(_ endpoint: Endpoint) {
        self.endpoint = endpoint
        method = endpoint.operation.method
        segments = endpoint.operation.path.split(separator: "/").map {
            $0.hasPrefix("{") ? .parameter(String($0.dropFirst().dropLast())) : .literal($0)
        }
    }

    var parameterCount: Int { segments.count { if case .parameter = $0 { true } else { false } } }

    func matches(_ path: [Substring]) -> Bool {
        path.count == segments.count
            && zip(segments, path).allSatisfy { segment, text in
                if case .literal(let literal) = segment { literal == text } else { true }
            }
    }

    func parameters(of path: [Substring]) -> [String: String] {
        var parameters: [String: String] = [:]
        for case (.parameter(let name), let text) in zip(segments, path) {
            parameters[name] = PercentEncoding.decode(text)
        }
        return parameters
    }
}
