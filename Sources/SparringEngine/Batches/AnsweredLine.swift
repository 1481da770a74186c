package import SparringAPI
package import SparringExchange
import SparringJSON
package import SparringWire

/// A batch line that a model has answered and whose result is committed. A batch line is a call without a connection.
package struct AnsweredLine: Sendable {
    package var session: String
    /// The endpoint of the batch's lines, such as `chat.completions`.
    package var endpoint: Endpoint
    package var model: String?
    /// The displayable key of the client that created the batch; nil if unknown.
    package var key: String?
    /// The line's own tags, and the batch's tags whose names the line does not use.
    package var tags: [Exchange.Tag]
    package var status: Int
    /// Number of faults that took effect.
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

/// Receives each line of a batch once, when the line is committed, from the server that committed it.
package protocol LineSink: Sendable {
    /// - Parameter unixSeconds: when the lines were committed.
    func receive(_ lines: [AnsweredLine], at unixSeconds: Int)
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
