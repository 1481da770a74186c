import SparringAPI
import SparringExchange
import SparringWire

extension AzureDialect {
    /// Nil where the API itself is asked.
    ///
    /// - Parameter path: without a session's prefix.
    init?(asked request: Request, at path: Substring) {
        guard path.begins(with: "/openai/") else { return nil }
        self.init(
            path: path, query: QueryItems(target: request.target),
            clientRequestID: request.headers["x-ms-client-request-id"])
    }
}
