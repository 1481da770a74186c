import SparringExchange
import SparringWire

/// The error for a body that cannot be searched for secrets.
package struct UnsearchableBody: Error, Sendable, Hashable, CustomStringConvertible {
    package var description: String
}

extension RecordedExchange {
    /// Returns the exchange with more secrets masked.
    package func masked(by redaction: CassetteRedaction) throws(UnsearchableBody) -> RecordedExchange {
        var exchange = self
        exchange.session = redaction.target(session)
        exchange.request.target = redaction.target(request.target)
        guard let recorded = redaction.request(request.headers, request.body) else {
            throw UnsearchableBody(description: SearchedBody.reason("request", of: request.headers))
        }
        (exchange.request.headers, exchange.request.body) = recorded
        if exchange.request.target != request.target || exchange.request.body != request.body {
            exchange.request.isMasked = true
            // With the key, a program could use the fingerprint to check a guess of the masked text.
            exchange.request.fingerprint = nil
        }
        if let answer { exchange.answer = try answer.masked(by: redaction) }
        for (index, message) in messages.enumerated() {
            exchange.messages[index] = try message.masked(by: redaction)
        }
        if exchange.messages != messages { exchange.answer?.isMasked = true }
        return exchange
    }
}

extension RecordedAnswer {
    fileprivate func masked(by redaction: CassetteRedaction) throws(UnsearchableBody) -> RecordedAnswer {
        var answer = self
        let type = headers["content-type"]
        if ContentCoding.list(headers).isEmpty, !Packing.isPacked(body) {
            answer = edited { redaction.edits(of: $0, type: type) }
        } else {
            switch redaction.searched(body, headers) {
            case .clean: break
            case .masked(let body, let isDecoded):
                if isDecoded { answer.headers = headers.decoded(length: body.count) }
                answer.pieces = [RecordedPiece(at: pieces.last?.at ?? headAt, count: body.count)]
                (answer.body, answer.isMasked) = (body, true)
            case .closed: throw UnsearchableBody(description: SearchedBody.reason("answer", of: headers))
            }
        }
        answer.headers = redaction.headers(answer.headers)
        answer.reason = Redaction.text(reason)
        return answer
    }
}

extension Cassette {
    /// Keeps only the last recording of each request in each session.
    package mutating func dropRepeats() {
        var seen: Set<String> = []
        exchanges = exchanges.reversed().filter { exchange in
            let request = NormalRequest(
                method: exchange.request.method, target: exchange.request.target, headers: exchange.request.headers,
                body: exchange.request.body, ignored: [])
            let identity = exchange.request.fingerprint ?? request.fingerprint
            // Two WebSockets with the same handshake are equal only if the client sent the same messages.
            let sent = exchange.messages.filter { $0.sender == .client }.map(\.words).joined(separator: "\n")
            return seen.insert("\(exchange.session) \(identity.hex) \(sent)").inserted
        }.reversed()
    }
}
