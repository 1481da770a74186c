package import SparringAPI
import SparringExchange
import SparringJSON
import SparringWire

/// The dialect of the API in which a request arrived: the API's own, or Azure's.
///
/// The request is translated on its way in and the answer on its way out. Only this type knows other dialects; all code
/// in between reads and writes the API's own.
package struct Dialect: Sendable {
    /// Nil for the API's own dialect, which needs no translation.
    private let azure: AzureDialect?

    static let own = Dialect(azure: nil)

    /// Whether the model names in requests are names of deployments, chosen by their users.
    var namesDeployments: Bool { azure != nil }

    private init(azure: AzureDialect?) { self.azure = azure }

    /// - Parameter path: without a session's prefix.
    init(of request: Request, at path: Substring) {
        guard path.begins(with: "/openai/") else {
            // Azure's clients send `api-key` in place of `authorization`.
            let isAzures =
                !path.begins(with: "/v1/") && request.headers.contains("api-key")
                && !request.headers.contains("authorization")
            azure =
                isAzures
                ? AzureDialect(unknown: path, clientRequestID: request.headers["x-ms-client-request-id"]) : nil
            return
        }
        azure = AzureDialect(
            path: path, query: QueryItems(target: request.target),
            clientRequestID: request.headers["x-ms-client-request-id"])
    }

    /// The operation of a request in any dialect; nil for an unknown path.
    /// - Parameter target: without a session's prefix.
    package static func endpoint(of method: String, _ target: String) -> Endpoint? {
        var path = target.prefix { $0 != "?" }
        if path.begins(with: "/openai/") {
            path = Dialect(of: Request(method: method, target: target), at: path).path(path)
        }
        guard case .endpoint(let endpoint, _) = Router.route(method: method, path: path) else { return nil }
        return endpoint
    }

    /// The address of a request, with the path in the API's own dialect.
    static func address(of request: Request) -> RequestAddress {
        var address = RequestAddress(request)
        address.path = Dialect(of: request, at: address.path).path(address.path)
        return address
    }

    /// The path in the API's own dialect.
    func path(_ path: Substring) -> Substring { azure.map { $0.path[...] } ?? path }

    /// Translates a request into the API's own dialect.
    ///
    /// - Returns: the original request, for the journal; nil if no translation was needed.
    func translate(_ request: inout Request, _ address: inout RequestAddress) -> Request? {
        guard azure != nil else { return nil }
        let original = request
        address.path = path(address.path)
        if let key = request.headers["api-key"] {
            request.headers["authorization"] = "Bearer \(key)"
            address.keyName = RequestAddress(request).keyName
        }
        return original
    }

    /// Translates a body into the API's own dialect.
    func translate(_ body: inout JSONValue?) {
        guard let azure else { return }
        body = azure.named(body)
    }

    /// The error for an operation that the API has but the dialect lacks; nil if the dialect has the operation.
    func error(for request: Request, at path: Substring) -> APIError? {
        guard let azure, !azure.isServed else { return nil }
        return Router.unknown(request.method, path)
    }

    /// Translates an answer into the dialect, in place. Answers in the API's own dialect are not touched.
    ///
    /// - Parameter endpoint: the requested operation; nil for an unknown path.
    func translate(_ answer: inout Answer, to endpoint: Endpoint?, ids: inout IDMint) {
        guard let azure else { return }
        answer = azure.spoken(answer, to: endpoint, ids: &ids)
    }
}
