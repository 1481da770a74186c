/// How long an object works, and how it ends.
package struct ProgressPlan: Sendable, Hashable {
    package enum Stage: Sendable, Hashable {
        /// Session time.
        case seconds(Int)
        /// Until that many retrievals of the object.
        case polls(Int)
        /// Until the object is cancelled or expires.
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
    /// The status at the end; if nil, the default one.
    package var ending: String?
    package var failure: Failure?

    /// One second: long enough to see a status of work, short enough for a test.
    package static let standard = ProgressPlan(.seconds(1))

    package init(_ stage: Stage, ending: String? = nil, failure: Failure? = nil) {
        self.stage = stage
        self.ending = ending
        self.failure = failure
    }
}
