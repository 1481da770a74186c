import SparringScenario
import SparringWire

/// How long a case may take, computed from its script. Two clocks: one until the first request, one from it.
package enum Deadline {
    /// Counted from the first request: what the script pauses, what the client may wait, and slack of 2 s and a quarter and four
    /// times what a plain conversation takes here, which is little on an idle machine and much on a busy one.
    package static func afterFirstRequest(of subject: Case, hello: Duration? = nil) -> Duration {
        if let timeout = subject.timeout { return timeout }
        let rules = subject.scenario.rules
        let steps = rules.map(\.steps.count).reduce(0, +)
        let budget = rules.map(\.pauses).reduce(.zero, +) + subject.expectation.patience(steps: steps)
        return budget + budget / 4 + .seconds(2) + (hello ?? .zero) * 4
    }

    /// What a plain conversation is thought to take where none has been held yet, on a machine that may be busy.
    package static let slowest = Duration.seconds(5)

    /// Until the first request: importing a client library alone costs seconds of CPU. Who never gets as far as a request, as connections
    /// fail, has as long as the case says.
    /// - Parameter hello: what the sanity case took on this machine; nil before it has run.
    package static func untilFirstRequest(of subject: Case, hello: Duration?) -> Duration {
        let start = hello.map { max($0 * 5, .seconds(5)) } ?? .seconds(60)
        return subject.scenario.listener == nil ? start : start + (subject.timeout ?? .zero)
    }
}

extension Expectation {
    /// The longest that a client may back off in all; two seconds for each gap that has no upper bound of its own.
    /// - Parameter steps: of the script: each but the first is there for another attempt.
    fileprivate func patience(steps: Int) -> Duration {
        let bounded = gaps.map { $0.maximum ?? ($0.minimum ?? .zero) + .seconds(2) }.reduce(.zero, +)
        let permitted = attempts.map(\.range.upperBound).min() ?? 1
        return bounded + .seconds(2) * max(0, min(max(permitted, steps) - 1 - gaps.count, 10))
    }
}

extension Rule {
    /// What its steps ask the client to sit through.
    fileprivate var pauses: Duration { steps.map(\.pauses).reduce(.zero, +) }
}

extension Step {
    fileprivate var pauses: Duration {
        let times = if case .count(let count) = times { count } else { 1 }
        return (faults.map(\.wait).reduce(.zero, +) + (pace.first ?? .zero) + (answer.hint ?? .zero)) * times
    }
}

extension StepAnswer {
    /// What its `retry-after` asks for.
    fileprivate var hint: Duration? {
        guard case .error(let error) = self else { return nil }
        let milliseconds = error.retryAfterMilliseconds.map { Duration.milliseconds($0) }
        return switch error.retryAfter {
        case .seconds(let duration), .date(let duration): max(duration, milliseconds ?? .zero)
        case nil: milliseconds
        }
    }
}
