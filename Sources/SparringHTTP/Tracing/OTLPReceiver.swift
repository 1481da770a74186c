package import SparringExchange
import SparringWire
import Synchronization

/// Posts export requests to a receiver of OTLP/HTTP.
///
/// Source: https://opentelemetry.io/docs/specs/otlp/#otlphttp
package struct OTLPReceiver: Sendable {
    package enum Answer: Sendable, Hashable {
        case taken([UInt8])
        /// The receiver was busy, or could not be reached. Another attempt may succeed.
        case busy(String)
        /// Another attempt would have the same result.
        case refused(String)
    }

    private let upstream: any Upstream
    private let target: String
    private let headers: HeaderFields
    private let timeout: Duration

    /// - Parameters:
    ///   - authority: the value of `Host`.
    ///   - target: the path, such as `/v1/traces`.
    ///   - headers: additional fields for every export request.
    ///   - timeout: the time limit of one attempt.
    package init(
        _ upstream: any Upstream, authority: String, target: String, headers: [(name: String, value: String)],
        timeout: Duration
    ) {
        self.upstream = upstream
        self.target = target
        self.timeout = timeout
        var fields: HeaderFields = ["host": authority, "content-type": "application/json"]
        for (name, value) in headers { fields[name] = value }
        self.headers = fields
    }

    /// Sends one body. If the task is cancelled, the call ends at once.
    func send(_ body: [UInt8]) async -> Answer {
        var request = Request(method: "POST", target: target, headers: headers, body: body)
        request.headers["content-length"] = String(body.count)
        let observer = Observer()
        let call = upstream.send(request, observer: observer)
        let deadline = Task { [timeout] in
            guard (try? await Task.sleep(for: timeout)) != nil else { return }
            observer.end(.busy("no answer within \(timeout)"))
        }
        let answer = await withTaskCancellationHandler {
            await observer.answer
        } onCancel: {
            observer.end(.busy("the wait for the answer was cancelled"))
        }
        deadline.cancel()
        // Closes a connection that is still waiting. Has no effect on a connection that has answered.
        if case .busy = answer { call.cancel() }
        return answer
    }

    /// Collects the answer of one call.
    private final class Observer: UpstreamObserver {
        private struct State {
            var status = 0
            var body: [UInt8] = []
            var answer: Answer?
            var waiting: CheckedContinuation<Answer, Never>?
        }

        /// The maximum number of bytes of an answer that are read. Receivers send short answers.
        private static let longest = 64 * 1024

        private let state = Mutex(State())

        var answer: Answer {
            get async {
                await withCheckedContinuation { continuation in
                    let known = state.withLock { state in
                        if state.answer == nil { state.waiting = continuation }
                        return state.answer
                    }
                    if let known { continuation.resume(returning: known) }
                }
            }
        }

        func heard(_ event: UpstreamEvent, at moment: Moment) {
            switch event {
            case .sent: break
            case .head(let head): state.withLock { $0.status = head.status }
            case .body(let bytes):
                state.withLock { $0.body += bytes.prefix(max(0, Self.longest - $0.body.count)) }
            case .end: end(state.withLock { Self.answer($0.status, $0.body) })
            case .failed(let failure): end(.busy(Self.words(failure)))
            }
        }

        /// Only the first call counts.
        func end(_ answer: Answer) {
            let waiting = state.withLock { state -> CheckedContinuation<Answer, Never>? in
                guard state.answer == nil else { return nil }
                state.answer = answer
                defer { state.waiting = nil }
                return state.waiting
            }
            waiting?.resume(returning: answer)
        }

        private static func answer(_ status: Int, _ body: [UInt8]) -> Answer {
            switch status {
            case 200...299: .taken(body)
            case 429, 502, 503, 504: .busy("it answered \(status)")
            default: .refused("it answered \(status)")
            }
        }

        private static func words(_ failure: UpstreamFailure) -> String {
            switch failure {
            case .unreachable(let reason): "it cannot be reached: \(reason)"
            case .closed, .reset: "it closed the connection"
            case .malformed(let reason): "its answer is not HTTP/1: \(reason)"
            }
        }
    }
}
