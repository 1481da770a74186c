/// A fault of how a request is taken: its row, and what it does between the request's head and its body. No body is known then, so
/// no rule has matched.
package struct RequestFault: Sendable {
    package let kind: FaultKind
    let strike: @Sendable (FaultArguments) -> RequestFaultAction
}

package enum RequestFaultAction: Sendable, Hashable {
    /// A client that asks whether to go on is told no (RFC 9110 §10.1.1).
    case refuseContinue
    /// It is told yes, that much later.
    case lateContinue(Duration)
    /// The answer is this error of the catalogue; the body is not read.
    case earlyAnswer(String)
    /// The body is not read for so long.
    case stalledUpload(Duration)
}

extension Fault {
    /// What it does to a request whose head has come; nil for any other fault.
    package var requestStrike: RequestFaultAction? {
        guard case .action(let action) = effect else { return nil }
        return RequestFaults.named[action.name]?.strike(action.arguments)
    }
}

extension RequestFaultAction {
    /// Why it cannot be done to a request; nil where it can.
    package func obstacle(awaitsContinue: Bool, expectsBody: Bool) -> String? {
        switch self {
        case .earlyAnswer: nil
        case .refuseContinue, .lateContinue: awaitsContinue ? nil : "the client has not asked whether to go on"
        case .stalledUpload: expectsBody ? nil : "the request has no body"
        }
    }

    /// As `WireScript.marbles`: `h` the request's head, `B` its body, `1` a 100 Continue.
    package var marbles: String {
        switch self {
        case .refuseContinue: "h!HD|"
        case .lateContinue(let wait): "h!(\(wait.words))1B"
        case .earlyAnswer: "h!HD|"
        case .stalledUpload(let wait): "h!(\(wait.words))B"
        }
    }
}
