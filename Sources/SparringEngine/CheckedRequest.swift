import SparringAPI
import SparringExchange
import SparringScenario
import SparringWire

/// A request that has passed its checks.
///
/// A live call, an operation on objects, a line of a batch and a request that a source answers take the same steps from here
/// on: match, commit, render, keep.
struct CheckedRequest {
    let operation: Ask
    let view: CallView
    let session: Session
    /// What the session played by when the request was checked.
    let world: World
    let commit: CommitRequest
    let now: Moment
    /// Unix seconds of the wall.
    let wallTime: Int
    /// What the answer is translated into.
    var dialect = Dialect.own
    /// Faults that the request orders for its own answer; nil: it orders none.
    var requested: [Fault]?

    /// What the steps come to: the answer, and what it was made from.
    struct Answered {
        var order: Order
        var context: AnswerContext
        let commitment: SessionState.Commitment
    }

    /// - Parameters:
    ///   - digest: what dice go by; not asked for where there are none.
    ///   - context: what the answer is made from, for the commitment that it fulfils.
    func answer(digest: () -> UInt64, context: (SessionState.Commitment) -> AnswerContext) -> Answered {
        let match = ScenarioMatch(view, commit, in: session, known: world, now: now, digest: digest)
        var context = context(match.commitment)
        let serving = Serving(
            match: match, view: view, ask: operation, session: session, dialect: dialect, requested: requested)
        let order = serving.order(context: &context, wallTime: wallTime)
        keep(context, match.commitment)
        return Answered(order: order, context: context, commitment: match.commitment)
    }

    /// What the answer leaves behind for later requests. What a source answers for is kept by the source.
    private func keep(_ context: AnswerContext, _ commitment: SessionState.Commitment) {
        guard !operation.isExternal else { return }
        if let kept = context.kept {
            let moment = commitment.clock.time(at: now)
            session.adjust { [plan = context.background] in $0.objects.keep(kept, plan: plan, at: moment) }
        }
        if let completion = context.storedCompletion {
            session.adjust { $0.objects.completions[completion.id] = completion }
        }
    }
}
