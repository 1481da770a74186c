import SparringWire

/// Selects exchanges by terms, all of which must match. The live page and the journal's `filter` use this language:
///
///     status:4xx model:gpt-4o -session:default ms:>500 "chat/completions"
///
/// A term is a word that occurs in the exchange, or `key:value`. Values separated by commas are alternatives. `-`
/// negates a term.
package struct ExchangeFilter: Sendable, Hashable {
    package internal(set) var terms: [Term]

    package struct Term: Sendable, Hashable {
        package internal(set) var isNegated: Bool
        package internal(set) var test: Test
    }

    package enum Test: Sendable, Hashable {
        /// A text that must occur in any text of the exchange, case-insensitively.
        case anywhere(String)
        case text(TextKey, [String])
        case number(NumberKey, [NumberRange])
        case state([State])
    }

    /// Keys whose value is compared with a part of a text.
    package enum TextKey: String, Sendable, CaseIterable {
        case session, endpoint, model, method, path, step, fault, id
    }

    /// Keys whose value is a number: `429`, `4xx` (status only), `>500`, `>=500`, `<500`, `<=500`.
    package enum NumberKey: String, Sendable, CaseIterable {
        case status, ms, attempt, number
    }

    package enum State: String, Sendable, CaseIterable {
        /// The answer has not ended.
        case running
        /// No rule answered.
        case unmatched
        /// The API's own checks refused the request.
        case refused
        /// The request repeats an earlier request.
        case retried
        /// A fault took effect.
        case faulted
        /// The client disconnected before the end of the answer.
        case left
        /// The answer carries a warning.
        case warned
    }

    /// The numbers between two limits; both limits are included.
    package struct NumberRange: Sendable, Hashable {
        package internal(set) var least = -Double.infinity
        package internal(set) var most = Double.infinity
    }
}

extension ExchangeFilter {
    package func selects(_ exchange: Exchange) -> Bool {
        terms.allSatisfy { $0.test.holds(for: exchange) != $0.isNegated }
    }
}

extension ExchangeFilter.Test {
    fileprivate func holds(for exchange: Exchange) -> Bool {
        switch self {
        case .anywhere(let text):
            ExchangeFilter.TextKey.allCases.contains { key in key.texts(of: exchange).contains { $0.holds(text) } }
                || [exchange.decision.unmatched, exchange.decision.refusal?.message, exchange.decision.warning]
                    .contains { $0?.holds(text) ?? false }
        case .text(let key, let parts):
            key.texts(of: exchange).contains { text in parts.contains { text.holds($0) } }
        case .number(let key, let ranges):
            key.value(of: exchange).map { value in ranges.contains { ($0.least...$0.most).contains(value) } } ?? false
        case .state(let states): states.contains { $0.holds(for: exchange) }
        }
    }
}

extension ExchangeFilter.TextKey {
    fileprivate func texts(of exchange: Exchange) -> [String] {
        let decision = exchange.decision
        return switch self {
        case .session: [Redaction.text(exchange.session)]
        case .endpoint: [decision.endpoint].compactMap { $0 }
        case .model: [decision.model].compactMap { $0.map(Redaction.text) }
        case .method: [exchange.request.method]
        case .path: [Redaction.target(exchange.request.target)]
        case .step: [decision.step].compactMap { $0 }
        case .fault: decision.faults
        case .id:
            [decision.requestID, exchange.request.headers[Exchange.clientRequestID].map(Redaction.text)]
                .compactMap { $0 }
        }
    }
}

extension ExchangeFilter.NumberKey {
    fileprivate func value(of exchange: Exchange) -> Double? {
        switch self {
        case .status: Double(exchange.decision.status)
        case .attempt: Double(exchange.decision.attempt)
        case .number: Double(exchange.number)
        case .ms:
            exchange.leftAt.flatMap { left in exchange.arrivedAt.map { (left - $0) / .milliseconds(1) } }
        }
    }
}

extension ExchangeFilter.State {
    fileprivate func holds(for exchange: Exchange) -> Bool {
        switch self {
        case .running: exchange.isRunning
        case .unmatched: exchange.decision.unmatched != nil
        case .refused: exchange.decision.refusal != nil
        case .retried: exchange.decision.attempt > 1
        case .faulted: !exchange.deliveredFaults.isEmpty
        case .left: exchange.peerHasGone
        case .warned: exchange.decision.warning != nil
        }
    }
}

extension Exchange {
    /// Whether the answer is still being sent.
    package var isRunning: Bool {
        !timeline.entries.contains { if case .ended = $0.happening { true } else { false } } && !peerHasGone
    }
}

extension String {
    /// Whether the text contains a part, which is given in lowercase.
    fileprivate func holds(_ part: String) -> Bool { part.isEmpty || lowercased().contains(part) }
}
