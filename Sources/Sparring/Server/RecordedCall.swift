import SparringExchange
import SparringJSON
import SparringWire

/// A call that the server answered, for assertions.
public struct RecordedCall: Sendable {
    /// The session that the call belongs to.
    public let session: String
    /// The method of the request, such as `POST`.
    public let method: String
    /// The target of the request as sent, including the query: `/v1/chat/completions`.
    public let path: String
    /// The operation, such as `chat.completions`; nil for a path that the API does not define.
    public let endpoint: String?
    /// The model in the request, without a session's suffix; nil if the request has no model.
    public let model: String?
    /// The header fields of the request, in the order and spelling in which they arrived.
    public let headers: [(name: String, value: String)]
    /// The body of the request as sent. Empty for uploads, which go directly to the store.
    public let body: [UInt8]
    /// The status that the scenario set. A fault may have prevented the client from receiving it.
    public let status: Int
    /// 1 + the number of earlier equal requests (method, path, body) of the session.
    public let attempt: Int
    /// The rule and the step that answered, such as `rule 1, step 2`; nil if no step answered.
    public let step: String?
    /// The reason why no step of the scenario answered; nil if a step answered.
    public let unmatched: String?
    /// The faults of the answer, in the notation of scenario files: `at event 5: reset`.
    public let faults: [String]
    /// The planned answer as marbles, if it had a pace or faults. docs/reference/faults.md explains the symbols.
    public let marbles: String
    /// The time from the server's start to the first byte of the request. While the answer is still being sent, this is the time to the
    /// decision about it.
    public let startedAt: Duration

    init(_ exchange: Exchange) {
        session = exchange.session
        method = exchange.request.method
        path = exchange.request.target
        endpoint = exchange.decision.endpoint
        model = exchange.decision.model
        headers = exchange.request.headers.fields.map { ($0.name, $0.value) }
        body = exchange.request.body
        status = exchange.decision.status
        attempt = exchange.decision.attempt
        step = exchange.decision.step
        unmatched = exchange.decision.unmatched
        faults = exchange.decision.faults
        marbles = exchange.marbles
        startedAt = .nanoseconds(exchange.timeline.entries.first?.at.nanoseconds ?? 0)
    }

    /// The body of the request as JSON; nil if it is not JSON.
    public var json: MockJSON? { try? MockJSON(parsing: body) }

    /// The first header field of that name, case-insensitive; nil if the request has no such field.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
