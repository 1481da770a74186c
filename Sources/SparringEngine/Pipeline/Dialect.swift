package import SparringAPI
import SparringExchange
import SparringJSON
import SparringWire

/// The dialect of the API that a request came in: the API's own, or Azure's.
///
/// A request is translated on its way in and its answer on its way out. This is the one place that knows another dialect:
/// what lies between the two translations reads and writes the API's own.
package struct Dialect: Sendable {
    /// Nil for the API's own dialect, which needs no translation.
    private let azure: AzureDialect?

    static let own = Dialect(azure: nil)

    private init(azure: AzureDialect?) { self.azure = azure }

    /// - Parameter path: without a session's prefix.
    init(of request: Request, at path: Substring) {
        guard path.begins(with: "/openai/") else {
            azure = nil
            return
        }
        azure = AzureDialect(
            path: path, query: QueryItems(target: request.target),
            clientRequestID: request.headers["x-ms-client-request-id"])
    }

    // MARK: In

    /// The operation of a request, whatever the dialect; nil for a path that no operation has.
    /// - Parameter target: without a session's prefix.
    package static func endpoint(of method: String, _ target: String) -> Endpoint? {
        var path = target.prefix { $0 != "?" }
        if path.begins(with: "/openai/") {
            path = Dialect(of: Request(method: method, target: target), at: path).path(path)
        }
        guard case .endpoint(let endpoint, _) = Router.route(method: method, path: path) else { return nil }
        return endpoint
    }

    /// The address of a request, with the path that the API reference has for the operation, whatever the dialect.
    static func address(of request: Request) -> RequestAddress {
        var address = RequestAddress(request)
        address.path = Dialect(of: request, at: address.path).path(address.path)
        return address
    }

    /// The path that the API reference has for the operation.
    func path(_ path: Substring) -> Substring { azure.map { $0.path[...] } ?? path }

    /// Makes of a request one to the API itself.
    ///
    /// - Returns: the request as it came, for the journal; nil where nothing had to be translated.
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

    /// Makes of a body one that the API itself takes.
    func translate(_ body: inout JSONValue?) {
        guard let azure else { return }
        body = azure.named(body)
    }

    /// The error for an operation that the API has and the dialect has not; nil where the dialect has it too.
    func error(for request: Request, at path: Substring) -> APIError? {
        guard let azure, !azure.isServed else { return nil }
        return Router.unknown(request.method, path)
    }

    // MARK: Out

    /// Makes of an answer one that the dialect gives. In place: the API's own answers are not touched.
    ///
    /// - Parameter endpoint: nil for a path that nothing serves.
    func translate(_ answer: inout Answer, to endpoint: Endpoint?, ids: inout IDMint) {
        guard let azure else { return }
        answer = azure.spoken(answer, to: endpoint, ids: &ids)
    }
}
