import SparringAPI
import SparringExchange
import SparringScenario
import SparringWire

/// Grades tokens, cost and limits by comparing them with the upstreams' answers.
extension GatewayGrading {
    static func usage(_ level: Level, _ seen: GatewayObservation) -> CheckFinding {
        each(level, seen, expected: "the usage of the upstream's answer") { call in
            guard let truth = seen.exchanges(of: call).last(where: { $0.decision.status == 200 })?.decision.usage else {
                // The gateway may have answered an equal call from a cache.
                return call.call.repeatsPrompt && call.answer?.status == 200 ? nil : "no upstream answered the call"
            }
            guard let read = call.read, read.usage != nil else { return "the answer has no usage" }
            let pairs = [
                ("prompt_tokens", read.inputTokens, truth.input),
                ("completion_tokens", read.outputTokens, truth.output),
                ("cached_tokens", read.cachedTokens ?? 0, truth.cached),
            ]
            let wrong = pairs.first { $0.1 != $0.2 }
            return wrong.map { "\($0.0): \($0.1.map(String.init) ?? "missing"), but the upstream sent \($0.2)" }
        }
    }

    static func cost(_ tolerance: Double, _ level: Level, _ seen: GatewayObservation) -> CheckFinding {
        let expected = "the price of the upstreams' answers, with a tolerance of \(Int(tolerance * 100)) %"
        guard let name = seen.terms.costHeader else {
            return CheckFinding(.unobserved, expected: expected, actual: GatewayFeature.cost.absence)
        }
        return each(level, seen, expected: expected) { call in
            let truth = seen.exchanges(of: call).compactMap(\.dollars).reduce(0, +)
            guard let reported = call.answer?.cost(in: name) else { return "no amount in the header \(name)" }
            return abs(reported - truth) <= truth * tolerance + 1e-9
                ? nil : "\(name): \(reported.dollarsInWords), but the upstreams cost \(truth.dollarsInWords)"
        }
    }

    /// A second round of a case about a limit begins later in its minute by this time.
    package static let phase = Duration.seconds(15)

    static func limit(_ level: Level, _ seen: GatewayObservation) -> CheckFinding {
        guard let limit = seen.terms.requestsPerMinute else {
            return CheckFinding(.unobserved, expected: "a limit", actual: GatewayFeature.limits.absence)
        }
        // A tenth more is tolerated, because replicas may synchronize their counts late.
        let most = limit + max(1, limit / 10)
        let tried = seen.calls.count
        let expected = "at most \(most) of \(tried) calls in a minute, for a limit of \(limit)"
        guard tried > most else {
            return CheckFinding(.unobserved, expected: expected, actual: "the case made \(tried.counted("call")) only")
        }
        let passed = seen.calls.count { !seen.exchanges(of: $0).isEmpty }
        guard passed > 0 else {
            return CheckFinding(
                .unobserved, expected: expected, actual: "every call was refused; the limit was used up before the case"
            )
        }
        // A window of the gateway may have ended in the middle of the case. In a second, short round in another part of a minute, the
        // window cannot end again.
        guard passed <= most || passed > 2 * most || seen.isInAnotherPartOfTheMinute else {
            return CheckFinding(
                .inconclusive, expected: expected,
                actual: "\(passed.counted("call")) reached an upstream, as many as two windows allow")
        }
        return CheckFinding(
            passed <= most, level, expected: expected, actual: "\(passed.counted("call")) reached an upstream")
    }
}

extension Exchange {
    /// The cost of the upstream's answer by the price table; nil if no model answered, or if the model has no price.
    package var dollars: Double? {
        guard let usage = decision.usage, let price = decision.model.flatMap({ PriceTable.builtIn[$0] }) else {
            return nil
        }
        return price.cost(of: usage) / 1e6
    }
}

extension Double {
    /// `$0.00123`, with three digits.
    package var dollarsInWords: String {
        guard self > 0 else { return "$0" }
        var (factor, digits) = (1.0, 0)
        while self * factor < 100, digits < 9 {
            factor *= 10
            digits += 1
        }
        let scaled = String(Int((self * factor).rounded()))
        let padded = String(repeating: "0", count: max(0, digits + 1 - scaled.count)) + scaled
        guard digits > 0 else { return "$\(padded)" }
        return "$\(padded.dropLast(digits)).\(padded.suffix(digits))"
    }
}
