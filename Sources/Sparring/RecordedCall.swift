import SparringExchange
import SparringWire

/// A call that the server answered, for assertions.
public struct RecordedCall: Sendable {
    public let method: String
    public let path: String
    /// The body as it came.
    public let body: [UInt8]
    public let status: Int
    /// 1 + earlier equal requests of the session.
    public let attempt: Int
    /// Names the rule and step that answered; nil where none did.
    public let step: String?
    /// Why nothing of the scenario matched; nil where something did.
    public let unmatched: String?
    /// The ordered script as marbles, where it was paced or broken.
    public let marbles: String
    /// From the server's start to the first byte of the request; to the decision on it while its answer is still being sent.
    public let startedAt: Duration
    private let fields: [(name: String, value: String)]

    init(_ exchange: Exchange) {
        method = exchange.request.method
        path = exchange.request.target
        body = exchange.request.body
        status = exchange.decision.status
        attempt = exchange.decision.attempt
        step = exchange.decision.step
        unmatched = exchange.decision.unmatched
        marbles = exchange.marbles
        startedAt = .nanoseconds(exchange.timeline.entries.first?.at.nanoseconds ?? 0)
        fields = exchange.request.headers.fields.map { ($0.name, $0.value) }
    }

    /// The first header field of that name, whatever its case.
    public func header(_ name: String) -> String? {
        fields.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
