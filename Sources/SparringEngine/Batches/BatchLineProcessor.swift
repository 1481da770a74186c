import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// Answers a batch line like a call: checks it, matches it, renders the answer and applies payload faults. There is no
/// connection, so a wire fault becomes the line's error.
struct BatchLineProcessor {
    let session: Session
    let batch: StoredBatch
    let now: Moment
    /// Wall-clock time, in Unix seconds.
    let wallTime: Int

    struct Result {
        var line: [UInt8]
        var hasFailed: Bool
        var usage = Usage()
        /// Nil if the line was not sent to a model.
        var call: AnsweredLine?
    }

    func answer(_ line: BatchLine, number: Int) -> Result {
        var ids = IDMint(seed: seed(of: number))
        let (answer, order) = answer(line, seed: ids.next())
        var result = Result(line: [], hasFailed: answer.status != 200, usage: answer.usage ?? Usage())
        let request = ids.hex("batch_req_", count: 32)
        result.call = AnsweredLine(
            line, of: batch, in: session.name, answer,
            faults: order.map { $0.faults.count - $0.outcomes.missed.count } ?? 0)
        if let error = order.flatMap(transportError) {
            result.hasFailed = true
            result.line = Self.line(request, line.customID, response: nil, error: error)
        } else {
            let response: JSONValue = [
                "status_code": .int(answer.status), "request_id": .string(orNull: answer.headers["x-request-id"]),
                "body": body(of: answer),
            ]
            result.line = Self.line(request, line.customID, response: response, error: nil)
        }
        return result
    }

    /// The result of a line that is not answered because its batch was cancelled or expired.
    func leftOut(_ customID: String, number: Int, _ error: BatchError) -> Result {
        var ids = IDMint(seed: seed(of: number))
        return Result(
            line: Self.line(ids.hex("batch_req_", count: 32), customID, response: nil, error: error), hasFailed: true)
    }

    private static func line(_ id: String, _ customID: String, response: JSONValue?, error: BatchError?) -> [UInt8] {
        let line: JSONValue = [
            "id": .string(id), "custom_id": .string(customID), "response": response ?? .null,
            "error": error.map { ["code": .string($0.code), "message": .string($0.message)] } ?? .null,
        ]
        return line.serialized() + [0x0A]
    }

    /// The same line gets the same ids, whatever the order of the lines, and also after a crash.
    private func seed(of number: Int) -> UInt64 {
        FNV1a.hash(batch.object.id, seed: session.seed &+ UInt64(number))
    }

    // MARK: The answer

    private func answer(_ line: BatchLine, seed: UInt64) -> (Answer, PlannedAnswer?) {
        let (known, models) = session.standing(wallTime: wallTime, now: now)
        let context = AnswerInput(
            created: session.unixTime(wallTime, at: now), organization: batch.caller.organization,
            project: batch.caller.project)
        var ids = IDMint(seed: seed)
        guard let endpoint = Endpoint.ofBatches[batch.object.endpoint] else {
            return (APIError.unparsable.answer(context: context, ids: &ids), nil)
        }
        let call: any CheckedCall
        do throws(APIError) {
            guard line.body["stream"]?.bool != true else {
                throw .unsupportedValue("stream", "true", mode: "in a batch")
            }
            let answering = models.answering(line.body["model"]?.string, at: endpoint)
            if let warning = answering.warning { session.adjust { $0.warn(warning) } }
            call = try LenientRequest(endpoint, body: line.body, models: answering.models).call(
                batch.validation, memory: session.memory(endpoint, line.body, now: now))
        } catch {
            return (error.answer(context: context, ids: &ids), nil)
        }
        let view = CallView(
            endpoint: endpoint, model: line.body["model"]?.string ?? "", headers: HeaderFields(), body: line.body,
            digest: call.digest)
        let charge = CommitRequest.Charge(
            family: call.model.family, tokens: call.estimatedTokens, caller: batch.caller)
        let checked = CheckedRequest(
            operation: .call(call), view: view, session: session, world: known,
            commit: .line(charge: batch.plan.isCharged ? charge : nil), now: now, wallTime: wallTime)
        let order = checked.answer(to: checked.match { seed }, context: context, ids: ids)
        return (order.answer, order)
    }

    /// Parses the pretty-printed answer, because a result is one line. A body that is not JSON becomes a string.
    private func body(of answer: Answer) -> JSONValue {
        guard case .whole(let bytes) = answer.body else { return .null }
        return (try? JSONValue.parse(bytes)) ?? .string(String(decoding: bytes, as: UTF8.self))
    }

    /// The error that stands for a broken connection; nil if the script keeps the connection alive.
    private func transportError(_ order: PlannedAnswer) -> BatchError? {
        guard !order.faults.isEmpty else { return nil }
        let script = Composition(answer: order.answer, faults: order.faults, pace: order.pace, date: "").compose()
        guard case .end(let ending)? = script.steps.last, ending != .keepAlive else { return nil }
        if case .hang = ending { return BatchError(code: "request_timeout", message: "This request timed out.") }
        return BatchError(code: "server_error", message: "The connection was lost before this request was answered.")
    }
}
