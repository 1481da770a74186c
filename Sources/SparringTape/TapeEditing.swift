import SparringWire

extension TapedExchange {
    /// The same with more secrets masked.
    package func masked(by redaction: TapeRedaction) -> TapedExchange {
        var exchange = self
        exchange.request.target = redaction.target(request.target)
        exchange.request.headers = redaction.headers(request.headers)
        exchange.request.body = redaction.masked(request.body)
        if exchange.request.target != request.target || exchange.request.body != request.body {
            exchange.request.isMasked = true
            // Who has the key could confirm a guess of what was there.
            exchange.request.fingerprint = nil
        }
        if let answer { exchange.answer = answer.masked(by: redaction) }
        return exchange
    }
}

extension TapedAnswer {
    fileprivate func masked(by redaction: TapeRedaction) -> TapedAnswer {
        var answer = self
        answer.headers = redaction.headers(headers)
        let plain = plainBody
        if plain != body {
            guard !redaction.edits(of: plain).isEmpty else { return answer }
            answer.headers["content-encoding"] = nil
            answer.body = plain
            answer.pieces = [TapedPiece(at: pieces.last?.at ?? headAt, count: plain.count)]
        }
        let edits = redaction.edits(of: answer.body)
        guard !edits.isEmpty else { return answer }
        var end = 0
        let ends = answer.pieces.map { piece in
            end += piece.count
            return end
        }
        var last = 0
        answer.pieces = zip(answer.pieces, edits.moved(ends)).map { piece, end in
            defer { last = end }
            return TapedPiece(at: piece.at, count: end - last)
        }
        answer.body = edits.applied(to: answer.body)
        answer.isMasked = true
        return answer
    }
}

extension Tape {
    /// Of recordings of the same request in the same session, the last one stays.
    package mutating func dropRepeats() {
        var seen: Set<String> = []
        exchanges = exchanges.reversed().filter { exchange in
            let request = NormalRequest(
                method: exchange.request.method, target: exchange.request.target, headers: exchange.request.headers,
                body: exchange.request.body, ignored: [])
            let identity = exchange.request.fingerprint ?? request.fingerprint
            return seen.insert("\(exchange.session) \(identity.hex)").inserted
        }.reversed()
    }
}
