/// What a session is asked to commit itself to for one request: what is counted, and whose account is charged.
package enum CommitRequest: Sendable {
    /// A call of a model. Its account is charged, and it takes its place in the load.
    case call(fingerprint: UInt64, charge: Charge)
    /// A call of a model that does not answer. It is a call where the next step of its rule gives an error; else it is refused.
    case closed(fingerprint: UInt64, charge: Charge)
    /// An operation on objects. It costs no tokens, and its answers report no limits.
    case object(fingerprint: UInt64)
    /// A line of a batch. It has no number, and was never asked before.
    /// - Parameter charge: nil where batches are not counted with calls, as in the API.
    case line(charge: Charge?)
    /// A call that is refused before any script: attempts count, scripts do not advance.
    /// - Parameter charge: nil where the call came no further than its key or the routing of its model.
    case refused(fingerprint: UInt64, charge: Charge?)
    /// A request that is answered before its body has come. Its rule advances where its next step has ordered that.
    case head(rule: Int)

    /// What an account is charged.
    package struct Charge: Sendable {
        /// Of the model, whose limits count.
        package var family: String
        /// The estimate.
        package var tokens: Int
        package var caller: Caller

        package init(family: String, tokens: Int, caller: Caller) {
            self.family = family
            self.tokens = tokens
            self.caller = caller
        }
    }
}

extension CommitRequest {
    /// Of method, path and body, equal for equal requests; nil where attempts are not counted.
    var fingerprint: UInt64? {
        switch self {
        case .call(let fingerprint, _), .closed(let fingerprint, _), .object(let fingerprint),
            .refused(let fingerprint, _):
            fingerprint
        case .line, .head: nil
        }
    }

    /// Nil where no account is charged.
    var charge: Charge? {
        switch self {
        case .call(_, let charge): charge
        case .line(let charge), .refused(_, let charge): charge
        case .closed, .object, .head: nil
        }
    }

    /// Whether the commitment begins an exchange of the session. A head has its exchange with its early answer.
    var isExchange: Bool {
        switch self {
        case .call, .closed, .object, .refused: true
        case .line, .head: false
        }
    }

    /// Whether scripts may answer, so that the session's calls are counted.
    var isScripted: Bool {
        switch self {
        case .call, .object, .line: true
        case .closed, .refused, .head: false
        }
    }

    /// Whether faults that were pushed to the session are for this request.
    var takesPushedFaults: Bool {
        switch self {
        case .call, .object: true
        case .closed, .line, .refused, .head: false
        }
    }
}
