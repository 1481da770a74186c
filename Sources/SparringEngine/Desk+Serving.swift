import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// What a request that has passed its checks gets.
extension Desk {
    /// A request that has passed its checks, as this one.
    func checked(
        _ operation: Ask, _ view: CallView, in session: Session, _ world: World, commit: CommitRequest
    ) -> CheckedRequest {
        CheckedRequest(
            operation: operation, view: view, session: session, world: world, commit: commit, now: now,
            wallTime: unixTime, dialect: dialect, requested: requested)
    }

    /// - Parameter path: without a session's prefix.
    mutating func serve(_ checked: CheckedRequest, path: Substring, model: String?) -> Performance {
        let (session, view) = (checked.session, checked.view)
        var answered = checked.answer {
            Fingerprint.digest(of: request, path: path)
        } context: { commitment in
            unixTime = commitment.clock.unixTime(unixTime, at: now)
            return context(session, commitment.number, view.endpoint, rateLimits: commitment.rateLimits)
        }
        let commitment = answered.commitment
        if let external = answered.order.external {
            if external.obstacle != nil || answered.order.isPlain {
                return perform(external, in: session, commitment, answered.order)
            }
            answered.order.takePace(of: external)
        }
        if !answered.order.isPlain, let download = answered.context.download {
            // Faults strike bytes that are there.
            answered.order.answer.body = Self.content(download, in: session.store)
            answered.context.download = nil
        }
        var performance = play(
            answered.order, in: session, number: commitment.number, endpoint: view.endpoint.rawValue, model: model,
            attempt: commitment.attempt, tags: Exchange.Tag.all(in: view.body))
        if let download = answered.context.download, request.method != "HEAD" {
            performance.feed = Download(StoredBytes(download), in: session.store)
        }
        if let id = answered.context.streamed, !checked.operation.isExternal {
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
