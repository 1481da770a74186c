import SparringExchange
import Synchronization

/// Delivers export requests to a receiver, with a few attempts for each request.
///
/// Source: https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes
package final class OTLPDelivery: Sendable {
    private let receiver: OTLPReceiver
    private let pauses: [Duration]
    private let rejected: String
    private let report: @Sendable (String) -> Void
    private let hasReported = Mutex(false)

    /// - Parameters:
    ///   - pauses: the pauses before the second and later attempts of an export request.
    ///   - rejected: the field of an answer with the number of items that the receiver did not accept: `rejectedSpans`.
    ///   - report: called once, with the first reason for which items were lost.
    package init(
        to receiver: OTLPReceiver, pauses: [Duration] = [.seconds(1), .seconds(2), .seconds(4)], rejected: String,
        report: @escaping @Sendable (String) -> Void
    ) {
        self.receiver = receiver
        self.pauses = pauses
        self.rejected = rejected
        self.report = report
    }

    /// Sends one request. If the task is cancelled, the call ends at once.
    /// - Parameter count: the number of items of the request.
    /// - Returns: the number of items that the receiver accepted.
    func deliver(_ body: [UInt8], count: Int) async -> Int {
        let (taken, reason) = await send(body, count: count)
        guard let reason else { return taken }
        let isFirst = hasReported.withLock { hasReported in
            defer { hasReported = true }
            return !hasReported
        }
        if isFirst { report(reason) }
        return taken
    }

    private func send(_ body: [UInt8], count: Int) async -> (taken: Int, reason: String?) {
        var pauses = pauses[...]
        while true {
            switch await receiver.send(body) {
            case .taken(let answer):
                let rejected = min(count, max(0, OTLPOrigin.rejected(rejected, in: answer)))
                return (count - rejected, rejected > 0 ? "the receiver rejected \(rejected)" : nil)
            case .refused(let reason): return (0, reason)
            case .busy(let reason):
                guard let pause = pauses.popFirst(), (try? await Task.sleep(for: pause)) != nil else {
                    return (0, reason)
                }
            }
        }
    }
}
