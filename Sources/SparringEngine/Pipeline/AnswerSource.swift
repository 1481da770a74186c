import SparringAPI
package import SparringExchange
package import SparringWire

/// Where answers come from that are not made up here: a tape, another server. What a scenario orders comes on top of them.
package protocol AnswerSource: Sendable {
    /// As `RequestPlan.mayBlock`.
    func mayBlock(on request: Request) -> Bool

    /// Whether it takes bodies while they come, as `RequestPlan.Body.stream`.
    var passesOn: Bool { get }

    /// - Parameter headers: go out in place of those of the same names.
    func answer(to request: Request, headers: HeaderFields, connection: Int, now: Moment) -> SourcedAnswer
}

extension AnswerSource {
    /// Has what it needs in memory.
    package func mayBlock(on request: Request) -> Bool { false }

    /// Wants every body whole.
    package var passesOn: Bool { false }
}

/// An answer as it is to go out when nothing is done to it; and as a value, for what a scenario does to it.
package struct SourcedAnswer: Sendable {
    /// Its exchange has no number yet.
    package var performance: PlannedExchange
    package var editable: Editable

    package enum Editable: Sendable {
        /// - Parameter pace: the rhythm of a whole body; that of a stream is in its events.
        case answer(@Sendable () -> (Answer, pace: Pace)?)
        /// Says why faults can do nothing to it.
        case no(String)
    }

    package init(_ performance: PlannedExchange, editable: Editable) {
        self.performance = performance
        self.editable = editable
    }
}

/// One request to a source. It is fetched at most once, and only where nothing else answers.
struct ExternalRequest {
    let source: any AnswerSource
    let request: Request
    let connection: Int
    let now: Moment
    /// What the answer would mean to a step that puts words into it; nil where no model speaks.
    let call: (any CheckedCall)?

    /// - Parameter headers: go out in place of those of the same names.
    func fetch(headers: HeaderFields) -> ExternalAnswer {
        ExternalAnswer(source.answer(to: request, headers: headers, connection: connection, now: now))
    }
}

/// What a source has given. A class, as an answer on its way through the engine has one at most, and seldom.
final class ExternalAnswer: Sendable {
    let sourced: SourcedAnswer
    /// The answer as a value, where there is one; what stands in for it otherwise is never sent.
    let answer: Answer
    let pace: Pace
    /// Why faults can do nothing to what was given; nil where they can.
    let obstacle: String?

    init(_ sourced: SourcedAnswer) {
        self.sourced = sourced
        switch sourced.editable {
        case .answer(let make):
            if let (answer, pace) = make() {
                (self.answer, self.pace, obstacle) = (answer, pace, nil)
                return
            }
            obstacle = "the recorded stream cannot be taken apart into events"
        case .no(let reason): obstacle = reason
        }
        answer = Answer(status: sourced.performance.exchange.decision.status)
        pace = .none
    }
}
