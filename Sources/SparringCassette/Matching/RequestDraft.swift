import SparringExchange
import SparringWire

/// A request that is recorded when its whole body has arrived; it is not masked yet.
struct RequestDraft: Sendable {
    let method: String
    let target: String
    let minorVersion: Int
    let headers: HeaderFields
    let session: String
    let startedAt: Int64
    var body: [UInt8]

    init(_ request: Request, target: String, session: String, startedAt: Int64) {
        method = request.method
        self.target = target
        minorVersion = request.minorVersion
        headers = request.headers
        self.session = session
        self.startedAt = startedAt
        body = request.body
    }

    /// The announced length of the body; 0 if there is no `Content-Length`.
    var announced: Int { headers["content-length"].flatMap { Int($0) } ?? 0 }
}
