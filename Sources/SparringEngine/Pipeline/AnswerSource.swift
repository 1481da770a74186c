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
    package var performance: Performance
    package var editable: Editable

    package enum Editable: Sendable {
        /// - Parameter pace: the rhythm of a whole body; that of a stream is in its events.
        case answer(@Sendable () -> (Answer, pace: Pace)?)
        /// Says why faults can do nothing to it.
        case no(String)
    }

    package init(_ performance: Performance, editable: Editable) {
        self.performance = performance
        self.editable = editable
    }
}

/// One request to a source: asked at most once, and only where nothing else answers.
final class SourceTicket {
    private let source: any AnswerSource
    private let request: Request
    private let connection: Int
    private let now: Moment
    /// What the answer would mean to a step that puts words into it; nil where nobody speaks.
    let call: Call?
    var headers: HeaderFields = [:]
    private(set) var given: SourcedAnswer?
    private(set) var pace = Pace.none
    /// Why faults can do nothing to what was given; nil where they can.
    private(set) var obstacle: String?

    init(_ source: any AnswerSource, _ request: Request, _ connection: Int, _ now: Moment, call: Call?) {
        self.source = source
        self.request = request
        self.connection = connection
        self.now = now
        self.call = call
    }

    /// The answer as a value, where there is one; what stands in for it otherwise is never sent.
    func take() -> Answer {
        let given = source.answer(to: request, headers: headers, connection: connection, now: now)
        self.given = given
        let status = given.performance.exchange.decision.status
        switch given.editable {
        case .no(let reason): obstacle = reason
        case .answer(let make):
            if let (answer, pace) = make() {
                self.pace = pace
                return answer
            }
            obstacle = "the recorded stream cannot be taken apart into events"
        }
        return Answer(status: status)
    }

    /// What goes out where nothing has been done to the answer, or nothing can be.
    func untouched(_ order: Order) -> SourcedAnswer? {
        guard let given, obstacle != nil || order.isPlain else { return nil }
        return given
    }
}
