/// How long an object works, and how it ends.
package struct ProgressPlan: Sendable, Hashable {
    package enum Stage: Sendable, Hashable {
        /// The object works for that many seconds of session time.
        case seconds(Int)
        /// The object works until it has been retrieved that many times.
        case polls(Int)
        /// The object works until it is cancelled or expires.
        case stuck
    }

    package struct Failure: Sendable, Hashable {
        package var code: String
        package var message: String

        package init(code: String, message: String) {
            self.code = code
            self.message = message
        }
    }

    package var stage: Stage
    /// The status at the end; if nil, the default status.
    package var ending: String?
    package var failure: Failure?

    /// The default is one second: long enough for a client to see a status of work, and short enough for a test.
    package static let standard = ProgressPlan(.seconds(1))

    package init(_ stage: Stage, ending: String? = nil, failure: Failure? = nil) {
        self.stage = stage
        self.ending = ending
        self.failure = failure
    }
}
