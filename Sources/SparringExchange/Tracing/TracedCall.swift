package import SparringWire

/// The input of a span: an exchange, and the places in its answer where faults struck. A traced call is made on an event loop, so it copies
/// little; the span is made later on another thread.
package struct TracedCall: Sendable {
    package var exchange: Exchange
    /// The number of bytes of head and body that the script writes before each fault.
    package var faultBytes: [FaultID: Int] = [:]

    /// The longest body that is kept. The parameters of a longer body are missing in the span.
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

    /// Decides whether a request without a sampled parent is recorded.
    ///
    /// Source: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration
    package enum Sampling: Sendable, Hashable {
        case always
        case never
        /// The client's decision applies; without one, `otherwise` applies. Without such a decision, `otherwise` applies.
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
