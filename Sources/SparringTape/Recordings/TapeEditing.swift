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
        var answer = edited { redaction.edits(of: $0) }
        answer.headers = redaction.headers(answer.headers)
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
