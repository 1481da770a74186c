import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// Rejected requests (auth, validation, unknown routes) and answers that bypass the scenario.
extension RequestPipeline {
    /// Identifies the caller and checks its permissions.
    /// - Throws: the API's 401 or 403.
    mutating func admit(_ endpoint: Endpoint, to world: ScenarioContext, model: String?) throws(APIError) {
        let accounts = world.scenario.accounts
        caller = try Caller(of: request, for: endpoint, in: accounts)
        guard let accounts, let model, let row = world.models[model] else { return }
        guard accounts.allow(model, of: row.family, for: caller) else {
            throw .noAccess(to: model, project: caller.project)
        }
    }

    /// Sends the API's error for a call with an invalid key, model or parameter. Scripts do not advance. A call with an error in its
    /// parameters costs one request, and its answer reports the limits, as in recordings; calls with other errors are rejected before the
    /// limits apply.
    mutating func condemned(
        _ error: APIError, in session: Session, _ world: ScenarioContext, endpoint: Endpoint, fingerprint: UInt64,
        model: String?, passesLeniently: Bool = false, warning: String? = nil
    ) -> PlannedExchange {
        var error = error
        if endpoint.isOfSound, error.code == "invalid_api_key" { error.layout = .sound }
        let isCharged = endpoint.kind == .model && error.status == 400
        let charge = (isCharged ? model.flatMap { world.models[$0] } : nil)
            .map { CommitRequest.Charge(family: $0.family, tokens: 0, caller: caller) }
        let commitment = session.mutate(now: now) {
            $0.commit(.refused(fingerprint: fingerprint, charge: charge), in: world.scenario, now: now)
        }
        let order = order(
            in: session, number: commitment.number, clock: commitment.clock, endpoint: endpoint,
            reading: commitment.rateLimits
        ) {
            error.answer(context: $0, ids: &$1)
        }
        order.refusal = Exchange.Refusal(error.message, passesLeniently: passesLeniently)
        order.warning = warning
        return play(
            order, in: session, number: commitment.number, endpoint: endpoint.rawValue, model: model,
            attempt: commitment.attempt)
    }

    /// - Parameter model: the requested model; nil for all models.
    mutating func list(_ address: RequestAddress, _ endpoint: Endpoint, model: String?) -> PlannedExchange {
        let session = sessions.session(named: address.sessionName(model: nil), now: now)
        let (world, known) = session.standing(wallTime: unixTime, now: now)
        let answering: ModelTable.Answering
        do throws(APIError) {
            try admit(endpoint, to: world, model: nil)
            let validation = try Validation.wanted(by: request, in: world)
            answering = world.open(known, to: caller).known(in: validation, model: model)
                .answering(model, at: endpoint)
        } catch {
            return condemned(
                error, in: session, world, endpoint: endpoint, fingerprint: Fingerprint.of(request), model: nil)
        }
        let operation = CatalogueOperation(models: answering.models, model: model)
        // Only a rule that names the endpoint answers this request. Without such a rule, the request changes no state
        // and does not count as a call.
        let view = CallView(
            endpoint: endpoint, model: model ?? "", headers: request.headers, body: .null, digest: CallDigest())
        let commit = objectCommit(endpoint, Fingerprint.of(request), world)
        guard commit.charge == nil, world.scenario.rules.isEmpty || world.scenario.match(view).isEmpty else {
            return serve(
                checked(
                    .catalogue(operation), view, in: session, world, commit: commit, warning: answering.warning),
                path: address.path, model: model)
        }
        return auxiliary(address, endpoint: endpoint, warning: answering.warning) {
            operation.answer(context: $0, ids: &$1)
        }
    }

    mutating func refuse(
        _ address: RequestAddress, _ error: APIError, endpoint: Endpoint? = nil, operation: String? = nil,
        keepsAlive: Bool = true, unmatched: String? = nil, warning: String? = nil
    ) -> PlannedExchange {
        auxiliary(
            address, endpoint: endpoint, operation: operation, isAuxiliary: false, keepsAlive: keepsAlive,
            refusal: unmatched == nil ? Exchange.Refusal(error.message) : nil, unmatched: unmatched, warning: warning
        ) {
            error.answer(context: $0, ids: &$1)
        }
    }

    mutating func auxiliary(_ address: RequestAddress, endpoint: Endpoint?, _ answer: Answer) -> PlannedExchange {
        auxiliary(address, endpoint: endpoint) { _, _ in answer }
    }

    mutating func auxiliary(
        _ address: RequestAddress, endpoint: Endpoint? = nil, operation: String? = nil, isAuxiliary: Bool = true,
        keepsAlive: Bool = true, refusal: Exchange.Refusal? = nil, unmatched: String? = nil, warning: String? = nil,
        _ answer: (AnswerInput, inout IDMint) -> Answer
    ) -> PlannedExchange {
        let session = sessions.session(named: address.sessionName(model: nil), now: now)
        let (number, clock) = session.mutate(now: now) { ($0.number(), $0.clock) }
        let order = order(
            in: session, number: number, clock: clock, endpoint: endpoint, reading: nil, answer)
        order.refusal = refusal
        order.unmatched = unmatched
        order.warning = warning
        return play(
            order, in: session, number: number, endpoint: endpoint?.rawValue ?? operation, isAuxiliary: isAuxiliary,
            keepsAlive: keepsAlive)
    }

    /// An answer that bypasses the scenario.
    private mutating func order(
        in session: Session, number: Int, clock: SessionClock, endpoint: Endpoint?, reading: RateLimitReading?,
        _ answer: (AnswerInput, inout IDMint) -> Answer
    ) -> PlannedAnswer {
        unixTime = clock.unixTime(unixTime, at: now)
        let (context, mint) = context(session, number, endpoint, rateLimits: reading)
        var ids = mint
        let order = PlannedAnswer(answer(context, &ids))
        dialect.translate(&order.answer, to: endpoint, ids: &ids)
        return order
    }
}
