import SparringWire

/// Requests that Sparring cannot answer: an operation that the user's document lacks, or a path that the API does not
/// have.
package enum UnservedOperation {
    package static func error(_ method: String, _ path: Substring, name: String) -> APIError {
        APIError(
            status: 404,
            message: "Sparring: \(method) \(path) (\(name)) is not in the document that --openapi names. "
                + "Start Sparring without --openapi to answer it from the document that Sparring carries.",
            code: "sparring_unsupported", headers: ["x-should-retry": "false"])
    }

    /// The hint in the log for a path that gets the API's 404; nil without a hint.
    ///
    /// - Parameter isServed: whether Sparring answers a path.
    package static func hint(_ path: Substring, isServed: (Substring) -> Bool) -> String? {
        let segments = path.split(separator: "/")
        let rest = "/" + segments.drop { $0 == "v1" }.joined(separator: "/")
        guard isServed(("/v1" + rest)[...]) else { return nil }
        if segments.first != "v1" { return "the path has no /v1: the base URL must end in /v1" }
        return segments.dropFirst().first == "v1" ? "the path has /v1 twice: the base URL already ends in /v1" : nil
    }
}
