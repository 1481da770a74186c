import Foundation
import SparringEngine
import SparringExchange

/// The log of `serve`: prints a line for each exchange when it ends.
struct ExchangePrinter: ExchangeSink {
    let log: ServerLog

    func receive(_ exchange: Exchange) { log.line(Self.line(exchange)) }

    static func line(_ exchange: Exchange) -> String {
        let decision = exchange.decision
        var parts = [
            "\(Redaction.text(exchange.session))#\(exchange.number)", exchange.words,
            "\(decision.status)",
        ]
        if decision.attempt > 1 { parts.append("attempt \(decision.attempt)") }
        if let step = decision.step { parts.append(step) }
        if !exchange.marbles.isEmpty { parts.append(exchange.marbles) }
        if exchange.isConnection { parts += exchange.decision.faults + exchange.departures }
        parts += exchange.missedFaults.map { "FAULT NOT DELIVERED: \($0)" }
        if let unmatched = decision.unmatched { parts.append("UNMATCHED: \(Redaction.text(unmatched))") }
        if let warning = decision.warning { parts.append("WARNING: \(Redaction.text(warning))") }
        return parts.joined(separator: "  ")
    }
}
