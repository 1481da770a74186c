import SparringAPI
import SparringExchange
import SparringScenario

/// A session's commitment to one request, and the scenario it is based on.
struct ScenarioMatch {
    let world: ScenarioContext
    let commitment: SessionState.Commitment
    /// Identifies the request in every run; 0 if the scenario draws no random values.
    let digest: UInt64

    /// Matches the request outside the session's lock. If the session's scenario is replaced meanwhile, matches it again.
    ///
    /// - Parameters:
    ///   - known: the session's scenario when the request was checked.
    ///   - digest: identifies the request for random draws.
    init(
        _ view: CallView, _ request: CommitRequest, in session: Session, known: ScenarioContext, now: Moment,
        digest: () -> UInt64
    ) {
        var world = known
        while true {
            let candidates = world.candidates(for: view)
            let drawn = world.hasDice ? digest() : 0
            if let commitment = session.commit(request, candidates, in: world, digest: drawn, now: now) {
                self.world = world
                self.commitment = commitment
                self.digest = drawn
                return
            }
            world = session.world
        }
    }
}
