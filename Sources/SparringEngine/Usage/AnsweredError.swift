package import SparringExchange

/// An error that answered a call: its status, its code and its cause.
package struct AnsweredError: Sendable, Hashable {
    package enum Cause: String, Sendable, Hashable, CaseIterable {
        /// A step of the scenario.
        case scripted
        /// A draw of chaos.
        case chaos
        /// The API's own checks: the key, the path, the parameters.
        case refused
        /// No rule matched, or the steps of its rule were used up.
        case unmatched
        /// The emulation itself: a rate limit, an object that does not exist.
        case emulated
    }

    package var status: Int
    /// The code in the error's body, or its type if it has no code; nil for a body that is not an error of the API.
    package var code: String?
    package var cause: Cause

    package init(status: Int, code: String?, cause: Cause) {
        self.status = status
        self.code = code
        self.cause = cause
    }

    /// Nil for an answer below 400.
    package init?(_ decision: Exchange.Decision) {
        guard decision.status >= 400 else { return nil }
        let cause: Cause =
            if decision.unmatched != nil { .unmatched } else if decision.refusal != nil {
                .refused
            } else if decision.chaos != nil {
                .chaos
            } else if decision.step != nil { .scripted } else { .emulated }
        self.init(status: decision.status, code: decision.errorCode, cause: cause)
    }
}
