import SparringScenario
import SparringWire

extension ErrorAnswer {
    /// The wait that the error's message names; nil if the step sets none.
    var wait: Duration? {
        switch retryAfter {
        case .seconds(let wait), .date(let wait): wait
        case nil: retryAfterMilliseconds.map { .milliseconds($0) }
        }
    }

    /// Converts the waits from session time to real time; adds milliseconds if a wait is not a whole number of seconds.
    func scaled(by scale: Double) -> ErrorAnswer {
        guard scale != 1 else { return self }
        var error = self
        error.retryAfterMilliseconds = retryAfterMilliseconds.map { Int(min(Double($0) * scale, 1e15).rounded(.up)) }
        switch retryAfter {
        case .seconds(let wait):
            let wait = wait * scale
            let (seconds, attoseconds) = wait.components
            guard attoseconds > 0 else {
                error.retryAfter = .seconds(wait)
                break
            }
            error.retryAfter = .seconds(.seconds(seconds + 1))
            let milliseconds = Int((wait / .milliseconds(1)).rounded(.up))
            error.retryAfterMilliseconds = error.retryAfterMilliseconds ?? milliseconds
        case .date(let wait): error.retryAfter = .date(wait * scale)
        case nil: break
        }
        return error
    }

    /// - Parameter unixTime: real time, because a client compares the date in `Retry-After` with its own clock.
    func retryHeaders(unixTime: Int) -> HeaderFields {
        var fields = HeaderFields()
        switch retryAfter {
        case .seconds(let wait): fields.append("retry-after", Self.seconds(wait))
        case .date(let wait):
            fields.append("retry-after", HTTPDate.text(unixSeconds: unixTime + Int(wait.components.seconds)))
        case nil: break
        }
        if let milliseconds = retryAfterMilliseconds { fields.append("retry-after-ms", String(milliseconds)) }
        if let shouldRetry { fields.append("x-should-retry", shouldRetry ? "true" : "false") }
        return fields
    }

    /// `1`, or `0.25` if the scenario sets a fraction.
    private static func seconds(_ wait: Duration) -> String {
        let (seconds, attoseconds) = wait.components
        return attoseconds == 0 ? String(seconds) : "\(wait / .seconds(1))"
    }
}

extension ErrorAnswer.RetryAfter {
    /// Whole seconds, rounded up, and the exact milliseconds.
    static func hints(for wait: Duration) -> HeaderFields {
        let (seconds, attoseconds) = wait.components
        let milliseconds = Int((wait / .milliseconds(1)).rounded(.up))
        return ["retry-after-ms": String(milliseconds), "retry-after": String(seconds + (attoseconds > 0 ? 1 : 0))]
    }
}
