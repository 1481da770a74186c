import SparringScenario
import SparringWire

/// Computes the deadlines of a case from its script: one deadline until the first request, and one after that request.
package enum Deadline {
    /// The deadline after the first request: the pauses of the script and the client's permitted waits, plus a quarter,
    /// 2 s and four times the duration of a plain conversation. A plain conversation takes longer on a busy machine, so the deadline grows
    /// with its duration.
    package static func afterFirstRequest(of subject: Case, hello: Duration? = nil) -> Duration {
        if let timeout = subject.timeout { return timeout }
        let rules = subject.scenario.rules
        let steps = rules.map(\.steps.count).reduce(0, +)
        let budget = rules.map(\.pauses).reduce(.zero, +) + subject.expectation.patience(steps: steps)
        return budget + budget / 4 + .seconds(2) + (hello ?? .zero) * 4
    }

    /// The duration of a plain conversation, assumed before one was measured. The assumed duration is long, because the machine may be
    /// busy.
    package static let slowest = Duration.seconds(5)

    /// The deadline until the first request. Importing a client library alone can take seconds of CPU time. A client
    /// whose connections fail never sends a request, so the case's timeout is added.
    /// - Parameter hello: the duration of the sanity case on this machine; nil before it has run.
    package static func untilFirstRequest(of subject: Case, hello: Duration?) -> Duration {
        let start = hello.map { max($0 * 5, .seconds(5)) } ?? .seconds(60)
        return subject.scenario.listener == nil ? start : start + (subject.timeout ?? .zero)
    }
}

extension Expectation {
    /// The longest total back-off of a client: two seconds for each gap without an upper bound.
    /// - Parameter steps: the number of steps in the script. Each step except the first answers a retry.
    fileprivate func patience(steps: Int) -> Duration {
        let bounded = gaps.map { $0.maximum ?? ($0.minimum ?? .zero) + .seconds(2) }.reduce(.zero, +)
        let permitted = attempts.map(\.range.upperBound).min() ?? 1
        return bounded + .seconds(2) * max(0, min(max(permitted, steps) - 1 - gaps.count, 10))
    }
}

extension Rule {
    /// The sum of the steps' pauses.
    fileprivate var pauses: Duration { steps.map(\.pauses).reduce(.zero, +) }
}

extension Step {
    fileprivate var pauses: Duration {
        let times = if case .count(let count) = times { count } else { 1 }
        return (faults.map(\.wait).reduce(.zero, +) + (pace.first ?? .zero) + (answer.hint ?? .zero)) * times
    }
}

extension StepAnswer {
    /// The wait in the step's `retry-after`.
    fileprivate var hint: Duration? {
        guard case .error(let error) = self else { return nil }
        let milliseconds = error.retryAfterMilliseconds.map { Duration.milliseconds($0) }
        return switch error.retryAfter {
        case .seconds(let duration), .date(let duration): max(duration, milliseconds ?? .zero)
        case nil: milliseconds
        }
    }
}
