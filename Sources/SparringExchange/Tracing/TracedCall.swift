package import SparringWire

/// What a span is made from: an exchange, and where in its answer each fault struck. Made on an event loop, so it copies
/// little; the span itself is made later, elsewhere.
package struct TracedCall: Sendable {
    package var exchange: Exchange
    /// How many bytes of head and body the script writes before each fault.
    package var faultBytes: [FaultID: Int] = [:]

    /// A longer body is dropped: its parameters are missing in the span.
    package static let longestBody = 256 * 1024

    package init(_ exchange: Exchange, played script: WireScript) {
        self.exchange = exchange
        if exchange.request.body.count > Self.longestBody { self.exchange.request.body = [] }
        guard !exchange.decision.faults.isEmpty else { return }
        var written = 0
        for step in script.steps {
            switch step {
            case .write(let range, _): written = range.upperBound
            case .fault(let id): faultBytes[id] = written
            default: break
            }
        }
    }

    /// How a trace begins: whether a request without a sampled parent is recorded.
    ///
    /// Source: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration
    package enum Sampling: Sendable, Hashable {
        case always
        case never
        /// As the client decided; without a client's decision, this way.
        case asParent(otherwise: Bool)

        package func wants(_ parent: TraceParent?) -> Bool {
            switch self {
            case .always: true
            case .never: false
            case .asParent(let otherwise): parent?.isSampled ?? otherwise
            }
        }
    }
}
