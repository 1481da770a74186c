import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// What a request that has passed its checks gets, and what its answer leaves behind.
extension Desk {
    mutating func serve(
        _ ask: Ask, _ view: CallView, in session: Session, _ world: World, _ commitment: SessionState.Commitment,
        _ digest: UInt64, model: String?
    ) -> Performance {
        let wallTime = unixTime
        unixTime = commitment.clock.unixTime(wallTime, at: now)
        var context = context(session, commitment.number, view.endpoint, rateLimits: commitment.rateLimits)
        let serving = Serving(
            world: world, view: view, ask: ask, session: session, commitment: commitment, digest: digest,
            dialect: dialect, requested: requested)
        var order = serving.order(context: &context, wallTime: wallTime)
        if !order.isPlain, let download = context.download {
            // Faults strike bytes that are there.
            order.answer.body = Self.content(download, in: session.store)
            context.download = nil
        }
        if let kept = context.kept {
            let moment = commitment.clock.time(at: now)
            session.adjust { [plan = context.background] in $0.objects.keep(kept, plan: plan, at: moment) }
        }
        if let completion = context.storedCompletion {
            session.adjust { $0.objects.completions[completion.id] = completion }
        }
        var performance = play(
            order, in: session, number: commitment.number, endpoint: view.endpoint.rawValue, model: model,
            attempt: commitment.attempt, tags: Exchange.Tag.all(in: view.body))
        if let download = context.download, request.method != "HEAD" {
            performance.feed = Download(StoredBytes(download), in: session.store)
        }
        if let id = context.streamed {
            performance.isRevoked = { session.adjust { $0.objects.responses[id]?.cancelled != nil } }
        }
        return performance
    }

    private static func content(_ places: [(place: Int64, count: Int)], in store: any ObjectStore) -> Answer.Body {
        var reader = ByteReader(StoredBytes(places), in: store)
        // Where the store fails, the body is short of its announced length, as it is where it follows from there.
        return .whole((try? reader.rest()) ?? [])
    }

    /// Matching is done outside the session's lock, and again where the session was given another scenario meanwhile.
    func commit(
        _ view: CallView, _ address: SessionAddress, _ session: Session, _ known: World,
        _ change: @Sendable (inout SessionState, World, [Candidate], UInt64) -> SessionState.Commitment
    ) -> (World, SessionState.Commitment, digest: UInt64) {
        var world = known
        while true {
            let candidates = world.scenario.match(view)
            let digest = world.hasDice ? Fingerprint.digest(of: request, path: address.path) : 0
            let commitment = session.mutate(in: world, now: now) { [world] in change(&$0, world, candidates, digest) }
            if let commitment { return (world, commitment, digest) }
            world = session.world
        }
    }
}
