/// The kind of commitment that a request needs: the counters that change, and the account that is charged.
package enum CommitRequest: Sendable {
    /// A call of a model. The call's account is charged, and the call counts toward the load.
    case call(fingerprint: UInt64, charge: Charge)
    /// A call of a model that is not available. The call gets the error of the rule's next step if that step is an error; otherwise the
    /// call is rejected.
    case closed(fingerprint: UInt64, charge: Charge)
    /// An operation on objects. The operation costs no tokens, and its answers report no limits.
    /// - Parameter charge: the charge to the account; nil unless the scenario limits the family of the operation.
    case object(fingerprint: UInt64, charge: Charge? = nil)
    /// A batch line. A batch line has no exchange number and counts no attempts.
    /// - Parameter charge: the charge to the account; nil if batches are not charged, as in the API.
    case line(charge: Charge?)
    /// A call that is rejected before any script. The rejected call counts as an attempt, but scripts do not advance.
    /// - Parameter charge: the charge to the account; nil if the call was rejected for its key or its model.
    case refused(fingerprint: UInt64, charge: Charge?)
    /// A request that is answered before its body arrives. The rule advances if its next step orders such an answer.
    case head(rule: Int)

    /// The charge to an account.
    package struct Charge: Sendable {
        /// The family of the model, which selects the limits.
        package var family: String
        /// The estimated tokens.
        package var tokens: Int
        /// The number of requested images.
        package var images: Int
        package var caller: Caller

        package init(family: String, tokens: Int, images: Int = 0, caller: Caller) {
            self.family = family
            self.tokens = tokens
            self.images = images
            self.caller = caller
        }
    }
}

extension CommitRequest {
    /// A digest that is equal for requests with equal method, path and body; nil if attempts are not counted.
    var fingerprint: UInt64? {
        switch self {
        case .call(let fingerprint, _), .closed(let fingerprint, _), .object(let fingerprint, _),
            .refused(let fingerprint, _):
            fingerprint
        case .line, .head: nil
        }
    }

    /// Nil if the request is not charged.
    var charge: Charge? {
        switch self {
        case .call(_, let charge): charge
        case .line(let charge), .refused(_, let charge), .object(_, let charge): charge
        case .closed, .head: nil
        }
    }

    /// True if the commitment starts an exchange. An early answer at the head starts an exchange of its own.
    var isExchange: Bool {
        switch self {
        case .call, .closed, .object, .refused: true
        case .line, .head: false
        }
    }

    /// True if scripts may answer, so that the session counts the call.
    var isScripted: Bool {
        switch self {
        case .call, .object, .line: true
        case .closed, .refused, .head: false
        }
    }

    /// True if faults pushed to the session apply to this request.
    var takesPushedFaults: Bool {
        switch self {
        case .call, .object: true
        case .closed, .line, .refused, .head: false
        }
    }
}
