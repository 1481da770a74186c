import SparringAPI
import SparringExchange
import SparringScenario

/// What a session has committed itself to for one request, and the scenario that it rests on.
struct ScenarioMatch {
    let world: ScenarioContext
    let commitment: SessionState.Commitment
    /// Of the request, the same in every run; 0 where nothing is drawn.
    let digest: UInt64

    /// Matching is done outside the session's lock, and again where the session was given another scenario meanwhile.
    ///
    /// - Parameters:
    ///   - known: what the session played by when the request was checked.
    ///   - digest: what dice go by.
    init(
        _ view: CallView, _ request: CommitRequest, in session: Session, known: ScenarioContext, now: Moment,
        digest: () -> UInt64
    ) {
        var world = known
        while true {
            let candidates = world.scenario.match(view)
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
