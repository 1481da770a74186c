import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// What a request that has passed its checks gets.
extension RequestPipeline {
    /// A request that has passed its checks, as this one.
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
        let answered = checked.answer {
            Fingerprint.digest(of: request, path: path)
        } context: { commitment in
            unixTime = commitment.clock.unixTime(unixTime, at: now)
            return context(session, commitment.number, view.endpoint, rateLimits: commitment.rateLimits)
        }
        let commitment = answered.commitment
        var order = answered.order
        if let external = order.external {
            if external.obstacle != nil || order.isPlain { return perform(external, in: session, commitment, order) }
            order.takePace(of: external)
        }
        if !order.isPlain, let download = order.download {
            // Faults strike bytes that are there.
            order.answer.body = Self.content(download, in: session.store)
        }
        var performance = play(
            order, in: session, number: commitment.number, endpoint: view.endpoint.rawValue, model: model,
            attempt: commitment.attempt, tags: Exchange.Tag.all(in: view.body))
        if order.isPlain, request.method != "HEAD", let download = order.download {
            performance.feed = Download(StoredBytes(download), in: session.store)
        }
        if let id = order.streamed, !checked.operation.isExternal {
            performance.isRevoked = { session.adjust { $0.objects.responses[id]?.cancelled != nil } }
        }
        return performance
    }

    private static func content(_ places: [(place: Int64, count: Int)], in store: any ObjectStore) -> Answer.Body {
        var reader = ByteReader(StoredBytes(places), in: store)
        // Where the store fails, the body is short of its announced length, as it is where it follows from there.
        return .whole((try? reader.rest()) ?? [])
    }
}

extension PlannedAnswer {
    /// Where the body is, as places in the store and their lengths, when it follows from there.
    fileprivate var download: [(place: Int64, count: Int)]? {
        for case .download(let places) in effects { return places }
        return nil
    }

    /// The response in the background whose events the answer streams.
    fileprivate var streamed: String? {
        for case .stream(let id) in effects { return id }
        return nil
    }
}
