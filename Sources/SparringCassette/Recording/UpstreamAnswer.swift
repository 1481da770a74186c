package import SparringExchange
import Synchronization

/// Sends one request to an upstream and waits for the whole answer.
package final class UpstreamAnswer: UpstreamObserver {
    private struct State {
        var answer: RecordedAnswer?
        var outcome: Outcome?
        var waiting: CheckedContinuation<Outcome, Never>?
    }

    package enum Outcome: Sendable {
        case answer(RecordedAnswer)
        /// The request failed; the text is the reason, for messages.
        case failed(String)
    }

    private let state = Mutex(State())

    /// - Parameter patience: the time limit for the whole answer.
    package static func ask(
        _ request: RecordedRequest, of upstream: any Upstream, at address: UpstreamAddress, key: String?,
        patience: Duration = .seconds(120)
    ) async -> Outcome {
        let answer = UpstreamAnswer()
        let sent = Request(method: request.method, target: request.target, headers: request.headers, body: request.body)
        let call = upstream.send(
            Forwarding.request(sent, target: request.target, to: address, key: key), observer: answer)
        // When the answer has arrived, it cancels this timer.
        let timer = Task {
            guard (try? await Task.sleep(for: patience)) != nil else { return }
            call.cancel()
            answer.end(.failed("no answer within \(patience)"))
        }
        defer { timer.cancel() }
        return await withCheckedContinuation { continuation in
            let outcome = answer.state.withLock { state in
                if state.outcome == nil { state.waiting = continuation }
                return state.outcome
            }
            if let outcome { continuation.resume(returning: outcome) }
        }
    }

    package func heard(_ event: UpstreamEvent, at moment: Moment) {
        switch event {
        case .sent: return
        case .head(let head):
            state.withLock {
                $0.answer = RecordedAnswer(
                    status: head.status, minorVersion: head.minorVersion, reason: head.reason, headers: head.headers,
                    headAt: moment.nanoseconds)
            }
        case .body(let bytes):
            state.withLock { $0.answer?.append(bytes, [RecordedPiece(at: moment.nanoseconds, count: bytes.count)]) }
        case .end:
            let answer = state.withLock(\.answer)
            end(answer.map(Outcome.answer) ?? .failed("no answer"))
        case .failed(let failure): end(.failed(Self.words(failure)))
        }
    }

    private func end(_ outcome: Outcome) {
        let waiting = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
            guard state.outcome == nil else { return nil }
            state.outcome = outcome
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume(returning: outcome)
    }

    private static func words(_ failure: UpstreamFailure) -> String {
        switch failure {
        case .unreachable(let reason): "the upstream cannot be reached: \(reason)"
        case .closed: "the upstream closed the connection before the end of its answer"
        case .reset: "the upstream reset the connection"
        case .malformed(let reason): "the upstream's answer is not HTTP/1: \(reason)"
        }
    }
}
