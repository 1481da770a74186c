import SparringAPI
import SparringExchange
import SparringJSON
import SparringWire

/// The next piece of work on a batch: its validation, some of its lines, or a change of status.
struct BatchStep {
    /// The maximum number of lines that one step answers.
    static let lines = 256

    let session: Session
    /// The value of `Session.life` when the batch was looked up.
    let life: Int
    let now: Moment
    let wallTime: Int
    /// The session's time.
    let unixTime: Int

    private var store: any ObjectStore { session.store }

    /// The changes to commit together with the batch.
    struct Work {
        var changes: [ObjectChange] = []
        /// The lines of this step that a model answered.
        var answered: [AnsweredLine] = []
    }

    /// - Returns: the work of this step; nil if no work is due.
    func take(_ batch: inout StoredBatch) throws(StoreProblem) -> Work? {
        switch batch.object.status {
        case .validating:
            guard let end = batch.end(now: unixTime) else { return nil }
            try validate(&batch, at: end)
            return Work()
        case .inProgress: return try progress(&batch)
        case .cancelling:
            if batch.done < batch.object.total {
                return try lines(&batch, upTo: batch.object.total, left: Self.cancelled)
            }
            guard let end = batch.end(now: unixTime) else { return nil }
            return Work(changes: finish(&batch, .cancelled, at: end))
        case .finalizing:
            guard let end = batch.end(now: unixTime) else { return nil }
            return Work(changes: finish(&batch, .completed, at: end))
        case .failed, .completed, .expired, .cancelled: return nil
        }
    }

    // MARK: Validation

    private func validate(_ batch: inout StoredBatch, at moment: Int) throws(StoreProblem) {
        let models = session.standing(wallTime: wallTime, now: now).models
        var validator = BatchValidator(
            endpoint: batch.object.endpoint, models: models)
        var reader = LineReader(batch.input, in: store)
        while !validator.isDone, let line = try reader.next() { validator.add(line, number: reader.number) }
        validator.finish()
        batch.object.model = validator.model
        var errors = batch.plan.failure.map { [$0] } ?? validator.errors
        if errors.isEmpty, let full = try BatchQueue(session: session, models: models).enqueue(&batch) {
            errors = [full]
        }
        guard errors.isEmpty else {
            batch.object.errors = errors
            return batch.reach(.failed, at: moment)
        }
        batch.object.total = validator.count
        batch.reach(.inProgress, at: moment)
    }

    // MARK: Lines

    private static let cancelled = BatchError(
        code: "batch_cancelled", message: "This request was not executed because the batch was cancelled.")
    private static let expired = BatchError(
        code: "batch_expired", message: "This request could not be executed before the completion window expired.")

    private func progress(_ batch: inout StoredBatch) throws(StoreProblem) -> Work? {
        let total = batch.object.total
        // Work that was due before the window closed is done before the batch expires.
        let due = batch.due(now: min(unixTime, batch.object.expires))
        if batch.done < due { return try lines(&batch, upTo: due, left: nil) }
        if let part = batch.plan.expiresAfter, batch.done >= Int(Double(total) * part) {
            batch.object.expires = min(batch.object.expires, unixTime)
        }
        if batch.done == total, batch.plan.expiresAfter == nil, let end = batch.end(now: unixTime) {
            batch.reach(.finalizing, at: end)
            return Work()
        }
        guard unixTime >= batch.object.expires else { return nil }
        if batch.done < total { return try lines(&batch, upTo: total, left: Self.expired) }
        return Work(changes: finish(&batch, .expired, at: batch.object.expires))
    }

    /// Answers lines up to the given count; nil if the session has been restarted meanwhile.
    /// - Parameter left: the error for lines that are left out; nil if the lines are answered.
    private func lines(
        _ batch: inout StoredBatch, upTo end: Int, left error: BatchError?
    ) throws(StoreProblem) -> Work? {
        var reader = LineReader(batch.input, from: batch.offset, in: store)
        let desk = BatchLineProcessor(session: session, batch: batch, now: now, wallTime: wallTime)
        var results: [BatchLineProcessor.Result] = []
        while results.count < Self.lines, batch.done < end, let bytes = try reader.next() {
            // After a restart, answering the lines would use up steps of the new scenario's rules.
            guard session.life == life else { return nil }
            // Validation has already accepted the line.
            guard let line = try? BatchLine(bytes, number: batch.done + 1, endpoint: batch.object.endpoint) else {
                throw StoreProblem("the input of a batch has changed")
            }
            results.append(
                error.map { desk.leftOut(line.customID, number: batch.done, $0) }
                    ?? desk.answer(line, number: batch.done))
            batch.done += 1
        }
        guard !results.isEmpty else { throw StoreProblem("lines of a batch are missing") }
        batch.offset = reader.offset
        return Work(changes: try commit(results, to: &batch), answered: results.compactMap(\.call))
    }

    /// Commits the results in an order that differs from the order of the lines, so that no client relies on the order.
    private func commit(_ results: [BatchLineProcessor.Result], to batch: inout StoredBatch) throws(StoreProblem)
        -> [ObjectChange]
    {
        var mint = IDMint(seed: session.seed &+ UInt64(batch.done))
        var shuffled = results.indices.map { (mint.next(), results[$0]) }.sorted { $0.0 < $1.0 }.map(\.1)
        if shuffled.count > 1, shuffled[0].line == results[0].line { shuffled.append(shuffled.removeFirst()) }
        var changes: [ObjectChange] = []
        for hasFailed in [false, true] {
            let some = shuffled.filter { $0.hasFailed == hasFailed }
            guard !some.isEmpty else { continue }
            let place = hasFailed ? \StoredBatch.errors : \StoredBatch.output
            var run: StoredBytes.Run
            if let known = batch[keyPath: place] {
                run = known
            } else {
                run = StoredBytes.Run(blob: try store.makeBlob(), count: 0)
                changes.append(.keep(run.blob, session: session.name))
            }
            let bytes = some.flatMap(\.line)
            run.count += bytes.count
            batch[keyPath: place] = run
            changes.append(.append(bytes, run.blob))
            if hasFailed { batch.object.failed += some.count } else { batch.object.completed += some.count }
        }
        batch.object.usage = results.reduce(batch.object.usage) { $0 + $1.usage }
        return changes
    }

    /// Turns the results into files and sets the final status.
    private func finish(_ batch: inout StoredBatch, _ status: BatchObject.Status, at moment: Int) -> [ObjectChange] {
        var changes: [ObjectChange] = []
        var ids = IDMint(seed: FNV1a.hash(batch.object.id, seed: session.seed))
        func file(_ run: StoredBytes.Run, _ suffix: String) -> String {
            let object = FileObject(
                id: ids.base62("file-", count: 22), purpose: "batch_output",
                filename: "\(batch.object.id)_\(suffix).jsonl", bytes: run.count, created: moment,
                expires: moment + (batch.object.outputLifetime ?? 30 * 86_400))
            changes.append(.put(StoredFile(object, StoredBytes([run])).record(in: session.name)))
            return object.id
        }
        if let run = batch.output {
            if batch.plan.hasOutput {
                batch.object.outputFile = file(run, "output")
            } else {
                changes.append(.drop(run.blob))
            }
        }
        if let run = batch.errors { batch.object.errorFile = file(run, "error") }
        batch.reach(status, at: moment)
        return changes
    }
}
