import SparringAPI
import SparringExchange
import SparringScenario
import SparringWire

/// A request that has passed its checks.
///
/// A live call, an operation on objects, a batch line and a request to a source all go through the same steps from here
/// on: match, commit, render, apply.
struct CheckedRequest {
    let operation: Operation
    let view: CallView
    let session: Session
    /// The session's scenario when the request was checked.
    let world: ScenarioContext
    let commit: CommitRequest
    let now: Moment
    /// Wall-clock time, in Unix seconds.
    let wallTime: Int
    /// The dialect into which the answer is translated.
    var dialect = Dialect.own
    /// The warning about the request's model, for the log.
    var warning: String?
    /// The API's error for the model; nil if the model answers. Only a scripted error takes precedence over this error.
    var closure: APIError?
    /// The faults that the request orders for its own answer; nil if it orders no faults.
    var requested: [Fault]?

    /// Commits the session to the request.
    /// - Parameter digest: identifies the request for random draws; called only if the scenario uses random draws.
    func match(digest: () -> UInt64) -> ScenarioMatch {
        ScenarioMatch(view, commit, in: session, known: world, now: now, digest: digest)
    }

    /// Renders the answer, and stores its effects.
    /// - Parameters:
    ///   - match: the match of this request.
    ///   - context: the values that the answer needs.
    func answer(to match: ScenarioMatch, context: AnswerInput, ids: IDMint) -> PlannedAnswer {
        var serving = AnswerRenderer(self, match: match, context: context, ids: ids)
        let order = serving.order()
        apply(order.effects, match.commitment)
        return order
    }

    /// Stores the answer's effects for later requests. A source stores the effects of its own answers.
    private func apply(_ effects: [Effect], _ commitment: SessionState.Commitment) {
        guard !operation.isExternal else { return }
        for effect in effects {
            switch effect {
            case .keep(let record, let plan):
                let moment = commitment.clock.time(at: now)
                session.adjust { $0.objects.keep(record, plan: plan, at: moment) }
            case .store(let completion):
                session.adjust { $0.objects.completions[completion.id] = completion }
            // These effects concern only the way in which the answer is sent, or the socket on which it is sent.
            case .download, .stream, .converse, .hear: break
            }
        }
    }
}
