import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// Serves requests that have passed their checks.
extension RequestPipeline {
    /// Wraps a request that has passed its checks.
    func checked(
        _ operation: Operation, _ view: CallView, in session: Session, _ world: ScenarioContext, commit: CommitRequest,
        warning: String? = nil, closure: APIError? = nil
    ) -> CheckedRequest {
        CheckedRequest(
            operation: operation, view: view, session: session, world: world, commit: commit, now: now,
            wallTime: unixTime, dialect: dialect, warning: warning, closure: closure, requested: requested)
    }

    /// - Parameter path: without a session's prefix.
    mutating func serve(_ checked: CheckedRequest, path: Substring, model: String?) -> PlannedExchange {
        let (session, view) = (checked.session, checked.view)
        let match = checked.match { Fingerprint.digest(of: request, path: path) }
        let commitment = match.commitment
        unixTime = commitment.clock.unixTime(unixTime, at: now)
        let isReported = view.endpoint != nil || checked.world.scenario.hasLimits
        let (context, ids) = context(
            session, commitment.number, view.endpoint, rateLimits: isReported ? commitment.rateLimits : nil)
        let order = checked.answer(to: match, context: context, ids: ids)
        turn?.take(order.effects)
        realtime?.take(order.effects)
        if let external = order.external {
            if external.obstacle != nil || order.isPlain { return perform(external, in: session, commitment, order) }
            order.takePace(of: external)
        }
        if !order.isPlain, let download = order.download {
            // Faults need the whole body in memory.
            order.answer.body = Self.content(download, in: session.store)
        }
        let isPlain = order.isPlain
        var performance = play(
            order, in: session, number: commitment.number, endpoint: view.asked.name, model: model,
            attempt: commitment.attempt, tags: Exchange.Tag.all(in: view.body))
        if isPlain, request.method != "HEAD", let download = order.download {
            performance.feed = Download(StoredBytes(download), in: session.store)
        }
        if let id = order.streamed, !checked.operation.isExternal {
            performance.isRevoked = { session.adjust { $0.objects.responses[id]?.cancelled != nil } }
        }
        return performance
    }

    private static func content(_ places: [(place: Int64, count: Int)], in store: any ObjectStore) -> Answer.Body {
        var reader = ByteReader(StoredBytes(places), in: store)
        // If the store fails, the body is shorter than announced, as in `Download`.
        return .whole((try? reader.rest()) ?? [])
    }
}

extension PlannedAnswer {
    /// The places and lengths of a body that is read from the store while it is sent; nil for other bodies.
    fileprivate var download: [(place: Int64, count: Int)]? {
        for case .download(let places) in effects { return places }
        return nil
    }

    /// The id of the background response whose events the answer streams.
    fileprivate var streamed: String? {
        for case .stream(let id) in effects { return id }
        return nil
    }
}
