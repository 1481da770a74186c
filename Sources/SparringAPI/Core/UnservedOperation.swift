import SparringWire

/// An operation of the API that Sparring does not emulate.
///
/// Source: the paths of the official OpenAPI document (August 2026) and of the official Python package 3.57.0.
package enum UnservedOperation {
    /// The family of operations to which a path belongs; nil if the API does not have the path.
    ///
    /// - Parameter path: the path as in the API reference, with `/v1`.
    package static func family(of path: Substring) -> String? {
        let segments = path.split(separator: "/")
        guard segments.first == "v1", segments.count > 1 else { return nil }
        let pair = segments.dropFirst().prefix(2).joined(separator: "/")
        return pairs[pair] ?? families[String(segments[1])]
    }

    private static let families = [
        "agents": "agents", "chatkit": "ChatKit", "containers": "containers",
        "content_provenance_checks": "content provenance", "decisions": "decisions", "evals": "evals",
        "images": "images", "live": "live sessions", "organization": "administration", "projects": "administration",
        "realtime": "the Realtime API", "safety": "safety", "skills": "skills", "vaults": "vaults",
        "vector_stores": "vector stores", "webhook_endpoints": "webhook endpoints",
    ]
    /// Operations of families that are served in part.
    private static let pairs = [
        "audio/voices": "voices", "audio/voice_consents": "voices", "fine_tuning/alpha": "graders",
        "fine_tuning/checkpoints": "permissions of checkpoints",
    ]
    /// Families that the API has shut down, with the date. It answers 404, as for an unknown URL.
    private static let gone = ["assistants": "2026-08-26", "threads": "2026-08-26", "videos": "2026-09-24"]

    package static func error(_ method: String, _ path: Substring, family: String) -> APIError {
        APIError(
            status: 404,
            message: "Sparring: \(method) \(path) is not emulated (\(family)). "
                + "Start Sparring with --openapi FILE to answer it with an example, or send it elsewhere.",
            code: "sparring_unsupported", headers: ["x-should-retry": "false"])
    }

    /// The hint in the log for a path that gets the API's 404; nil without a hint.
    ///
    /// - Parameter isServed: whether Sparring emulates the operation of a path.
    package static func hint(_ path: Substring, isServed: (Substring) -> Bool) -> String? {
        let segments = path.split(separator: "/")
        if segments.first == "v1", segments.count > 1, let day = gone[String(segments[1])] {
            return "the API has shut down \(segments[1]) (\(day))"
        }
        func isKnown(_ path: String) -> Bool { isServed(path[...]) || family(of: path[...]) != nil }
        let rest = "/" + segments.drop { $0 == "v1" }.joined(separator: "/")
        guard isKnown("/v1" + rest) else { return nil }
        if segments.first != "v1" { return "the path has no /v1: the base URL must end in /v1" }
        return segments.dropFirst().first == "v1" ? "the path has /v1 twice: the base URL already ends in /v1" : nil
    }
}
