import SparringAPI
package import SparringExchange
package import SparringWire

/// A source of answers that the engine does not make itself: a cassette or another server. The scenario's faults and errors also apply to
/// these answers.
package protocol AnswerSource: Sendable {
    /// See `RequestPlan.mayBlock`.
    func mayBlock(on request: Request) -> Bool

    /// True if the source accepts a body that is still arriving, as in `RequestPlan.Body.stream`.
    var passesOn: Bool { get }

    /// - Parameter headers: fields that replace the answer's fields of the same names.
    func answer(to request: Request, headers: HeaderFields, connection: Int, now: Moment) -> SourcedAnswer
}

extension AnswerSource {
    /// False by default: the source has its answers in memory.
    package func mayBlock(on request: Request) -> Bool { false }

    /// False by default: the source needs the whole body.
    package var passesOn: Bool { false }
}

/// A source's answer. The answer is ready to be sent unchanged, and available as a value to which faults can be applied.
package struct SourcedAnswer: Sendable {
    /// The planned exchange, without a number yet.
    package var performance: PlannedExchange
    package var editable: Editable

    package enum Editable: Sendable {
        /// - Parameter pace: the pace of a whole body. A stream has pauses in its events.
        case answer(@Sendable () -> (Answer, pace: Pace)?)
        /// The reason why faults cannot be applied.
        case no(String)
    }

    package init(_ performance: PlannedExchange, editable: Editable) {
        self.performance = performance
        self.editable = editable
    }
}

/// A request that a source may answer. The request is sent to the source at most once, and only if nothing else answers.
struct ExternalRequest {
    let source: any AnswerSource
    let request: Request
    let connection: Int
    let now: Moment
    /// The call, for steps that script the model's answer; nil if the endpoint has no model output.
    let call: (any CheckedCall)?
    /// True for the handshake of a WebSocket and for events that call no model. See `Operation.isOfSocket`.
    var isOfSocket = false

    /// - Parameter headers: fields that replace the answer's fields of the same names.
    func fetch(headers: HeaderFields) -> ExternalAnswer {
        ExternalAnswer(source.answer(to: request, headers: headers, connection: connection, now: now))
    }
}

/// The answer of a source. A class, because most answers do not come from a source, and a reference is small.
final class ExternalAnswer: Sendable {
    let sourced: SourcedAnswer
    /// The answer as a value, if faults can be applied to it; otherwise a placeholder that is never sent.
    let answer: Answer
    let pace: Pace
    /// The reason why faults cannot be applied; nil if they can.
    let obstacle: String?

    init(_ sourced: SourcedAnswer) {
        self.sourced = sourced
        switch sourced.editable {
        case .answer(let make):
            if let (answer, pace) = make() {
                (self.answer, self.pace, obstacle) = (answer, pace, nil)
                return
            }
            obstacle = "the recorded stream cannot be split into events"
        case .no(let reason): obstacle = reason
        }
        answer = Answer(status: sourced.performance.exchange.decision.status)
        pace = .none
    }
}
