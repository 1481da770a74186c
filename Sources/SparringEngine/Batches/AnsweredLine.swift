package import SparringAPI
package import SparringExchange
import SparringJSON
package import SparringWire

/// A line of a batch that a model has answered and whose result is committed: a call without a connection.
package struct AnsweredLine: Sendable {
    package var session: String
    /// That of the lines: `chat.completions`.
    package var endpoint: Endpoint
    package var model: String?
    /// Of who made the batch, as it may be shown; nil where that is not known.
    package var key: String?
    /// The line's own, and those of its batch that it does not say otherwise.
    package var tags: [Exchange.Tag]
    package var status: Int
    /// Faults that took effect.
    package var faults: Int
    package var usage: Usage?

    package init(
        session: String, endpoint: Endpoint, model: String?, key: String?, tags: [Exchange.Tag], status: Int,
        faults: Int, usage: Usage?
    ) {
        self.session = session
        self.endpoint = endpoint
        self.model = model
        self.key = key
        self.tags = tags
        self.status = status
        self.faults = faults
        self.usage = usage
    }
}

/// Is told of lines when they are committed: of each once, by the server that committed it.
package protocol LineSink: Sendable {
    func receive(_ lines: [AnsweredLine])
}

extension AnsweredLine {
    init?(_ line: BatchLine, of batch: StoredBatch, in session: String, _ answer: Answer, faults: Int) {
        guard let endpoint = Endpoint.ofBatches[batch.object.endpoint] else { return nil }
        let own = Exchange.Tag.all(in: line.body)
        let shared = Exchange.Tag.all(in: ["metadata": batch.object.metadata])
        self.init(
            session: session, endpoint: endpoint, model: line.body["model"]?.string, key: batch.keyName,
            tags: own + shared.filter { tag in !own.contains { $0.name == tag.name } }, status: answer.status,
            faults: faults, usage: answer.usage)
    }
}
