/// A fault of receiving a request: its row in the table, and its effect between the request's head and body. No rule
/// has matched yet, because the body is not known.
package struct RequestFault: Sendable {
    package let kind: FaultKind
    let strike: @Sendable (FaultArguments) -> RequestFaultAction
}

package enum RequestFaultAction: Sendable, Hashable {
    /// Rejects a client's `Expect: 100-continue` (RFC 9110 §10.1.1).
    case refuseContinue
    /// Accepts a client's `Expect: 100-continue` after that time.
    case lateContinue(Duration)
    /// Answers with this error of the catalogue, without reading the body.
    case earlyAnswer(String)
    /// Does not read the body of the request for that time.
    case stalledUpload(Duration)
}

extension Fault {
    /// The effect on a request after its head; nil for faults that do not affect a request.
    package var requestStrike: RequestFaultAction? {
        guard case .action(let action) = effect else { return nil }
        return RequestFaults.named[action.name]?.strike(action.arguments)
    }
}

extension RequestFaultAction {
    /// The reason why the fault cannot apply to a request; nil if it can.
    package func obstacle(awaitsContinue: Bool, expectsBody: Bool) -> String? {
        switch self {
        case .earlyAnswer: nil
        case .refuseContinue, .lateContinue: awaitsContinue ? nil : "the client did not send `Expect: 100-continue`"
        case .stalledUpload: expectsBody ? nil : "the request has no body"
        }
    }

    /// See `WireScript.marbles`: `h` the request's head, `B` its body, `1` a 100 Continue.
    package var marbles: String {
        switch self {
        case .refuseContinue: "h!HD|"
        case .lateContinue(let wait): "h!(\(wait.words))1B"
        case .earlyAnswer: "h!HD|"
        case .stalledUpload(let wait): "h!(\(wait.words))B"
        }
    }
}
