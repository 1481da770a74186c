import SparringAPI
import SparringExchange
import SparringScenario
import SparringWire

/// A request that has passed its checks.
///
/// A live call, an operation on objects, a line of a batch and a request that a source answers take the same steps from here
/// on: match, commit, render, apply.
struct CheckedRequest {
    let operation: Operation
    let view: CallView
    let session: Session
    /// What the session played by when the request was checked.
    let world: ScenarioContext
    let commit: CommitRequest
    let now: Moment
    /// Unix seconds of the wall.
    let wallTime: Int
    /// What the answer is translated into.
    var dialect = Dialect.own
    /// What is odd about the request's model, for the log.
    var warning: String?
    /// The API's error for the model, where only a scripted error goes before it.
    var closure: APIError?
    /// Faults that the request orders for its own answer; nil: it orders none.
    var requested: [Fault]?

    /// - Parameters:
    ///   - digest: what dice go by; not asked for where there are none.
    ///   - context: what the answer is made from, for the commitment that it fulfils.
    func answer(
        digest: () -> UInt64, context: (SessionState.Commitment) -> (AnswerInput, IDMint)
    ) -> (order: PlannedAnswer, commitment: SessionState.Commitment) {
        let match = ScenarioMatch(view, commit, in: session, known: world, now: now, digest: digest)
        let (context, ids) = context(match.commitment)
        var serving = AnswerRenderer(self, match: match, context: context, ids: ids)
        let order = serving.order()
        apply(order.effects, match.commitment)
        return (order, match.commitment)
    }

    /// Keeps what the answer leaves behind for later requests. What a source answers for is kept by the source.
    private func apply(_ effects: [Effect], _ commitment: SessionState.Commitment) {
        guard !operation.isExternal else { return }
        for effect in effects {
            switch effect {
            case .keep(let record, let plan):
                let moment = commitment.clock.time(at: now)
                session.adjust { $0.objects.keep(record, plan: plan, at: moment) }
            case .store(let completion):
                session.adjust { $0.objects.completions[completion.id] = completion }
            // These two are about how the answer is played.
            case .download, .stream: break
            }
        }
    }
}
