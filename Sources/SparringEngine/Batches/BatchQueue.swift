import SparringAPI
import SparringScenario

/// Checks the enqueued tokens of a session's batches against `batch_queue_tokens` of the organization and of the
/// project.
///
/// A batch counts from its validation to its end. Each line costs what the tokens-per-minute limit would charge for its
/// call. A key's own limit does not apply, because keys are not stored.
///
/// Source: https://platform.openai.com/docs/guides/batch; the message is the one quoted in public issue trackers.
struct BatchQueue {
    let session: Session
    let models: ModelTable

    /// Adds the batch to the queue if a limit applies.
    /// - Returns: the API's validation error if the queue has no room for the batch, else nil.
    func enqueue(_ batch: inout StoredBatch) throws(StoreProblem) -> BatchError? {
        guard let model = batch.object.model, let family = models[model]?.family else { return nil }
        let scenario = session.world.scenario
        let caller = batch.caller
        let holders: [(limits: Scenario.Limits?, holds: (Caller) -> Bool)] = [
            (scenario.limits, { $0.organization == caller.organization }),
            (scenario.accounts?.projects[caller.project]?.limits, { $0.project == caller.project }),
        ]
        var tokens: Int?
        for (limits, holds) in holders {
            guard let limits else { continue }
            let bucket = limits.sharing[family] ?? family
            guard let most = limits.rates(of: bucket).batchQueueTokens else { continue }
            if tokens == nil { tokens = try charge(for: batch) }
            let wanted = tokens ?? 0
            let waiting = try others(than: batch).filter { other in
                guard holds(other.caller), let family = other.object.model.flatMap({ models[$0]?.family }) else {
                    return false
                }
                return limits.sharing[family] ?? family == bucket
            }
            guard waiting.reduce(wanted, { $0 + $1.enqueued }) <= most else {
                return Self.full(model, caller.organization, most)
            }
        }
        batch.enqueued = tokens ?? 0
        return nil
    }

    private func others(than batch: StoredBatch) throws(StoreProblem) -> [StoredBatch] {
        try session.store.all(.batch, tag: StoredBatch.running)
            .filter { $0.key.session == session.name && $0.key.id != batch.object.id }.compactMap(StoredBatch.init)
    }

    /// The batch's tokens. Lines that will be refused cost 0.
    private func charge(for batch: StoredBatch) throws(StoreProblem) -> Int {
        guard let endpoint = Endpoint.ofBatches[batch.object.endpoint] else { return 0 }
        var reader = LineReader(batch.input, in: session.store)
        var sum = 0
        while let bytes = try reader.next() {
            guard let line = try? BatchLine(bytes, number: reader.number, endpoint: batch.object.endpoint),
                let call = try? endpoint.check(line.body, models: models)
            else { continue }
            sum += call.estimatedTokens
        }
        return sum
    }

    private static func full(_ model: String, _ organization: String, _ limit: Int) -> BatchError {
        BatchError(
            code: "token_limit_exceeded",
            message: "Enqueued token limit reached for \(model) in organization \(organization). "
                + "Limit: \(grouped(limit)) enqueued tokens. "
                + "Please try again once some in_progress batches have been completed.")
    }

    /// The number with a comma as the thousands separator.
    private static func grouped(_ number: Int) -> String {
        let digits = Array(String(number))
        return digits.indices.map { index in
            index > 0 && (digits.count - index).isMultiple(of: 3) ? ",\(digits[index])" : String(digits[index])
        }.joined()
    }
}
