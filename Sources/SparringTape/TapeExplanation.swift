package import SparringExchange
import SparringWire

/// Why a request would be answered so.
package struct TapeExplanation: Sendable, Hashable {
    package var isAnswered: Bool
    package var lines: [String]
}

extension TapeIndex {
    package func explanation(of request: Request, session: String) -> TapeExplanation {
        let found = candidates(request, target: request.target, session: session)
        guard let first = found.indices.first else {
            guard let (nearest, differences) = nearest(to: found.request) else {
                return TapeExplanation(isAnswered: false, lines: ["the tape is empty"])
            }
            let miss = TapeMiss(
                reason: .unknown, request: "\(request.method) \(request.target)", nearest: exchanges[nearest].words,
                differences: differences)
            return TapeExplanation(isAnswered: false, lines: miss.lines)
        }
        let isExact =
            exchanges[first].request.fingerprint
            == TapeScribe.fingerprint(request.method, request.target, request.body, key: key)
        let how = isExact ? "the same bytes" : "the same JSON, masked and without what is ignored"
        var lines = ["answered by \(exchanges[first].words): \(how)"]
        lines += found.indices.dropFirst().map { "  then by \(exchanges[$0].words)" }
        switch matching.repeats {
        case .last: lines.append("  then the last one again (--repeat last)")
        case .cycle: lines.append("  then from the start (--repeat cycle)")
        case .next: lines.append("  then by none (--repeat next)")
        }
        return TapeExplanation(isAnswered: true, lines: lines)
    }
}

/// What two tapes have in common, and what not.
package enum TapeComparison {
    /// A line or two for each difference: `-` is on the first alone, `+` on the second, `~` answered otherwise.
    package static func lines(_ a: TapeIndex, _ b: TapeIndex) -> [String] {
        var lines: [String] = []
        var paired: Set<Int> = []
        var counts: [TapeFingerprint: Int] = [:]
        for (index, exchange) in a.exchanges.enumerated() {
            let key = a.normals[index].fingerprint
            let turn = counts[key, default: 0]
            counts[key] = turn + 1
            let found = b.normal[key] ?? []
            guard turn < found.count else {
                lines.append("- \(exchange.words)")
                continue
            }
            paired.insert(found[turn])
            lines += differences(exchange, b.exchanges[found[turn]])
        }
        return lines + b.exchanges.indices.filter { !paired.contains($0) }.map { "+ \(b.exchanges[$0].words)" }
    }

    private static func differences(_ a: TapedExchange, _ b: TapedExchange) -> [String] {
        var words: [String] = []
        if a.ending != b.ending { words.append("ending \(a.ending.rawValue), \(b.ending.rawValue)") }
        if a.answer?.status != b.answer?.status {
            words.append(
                "status \(a.answer.map { "\($0.status)" } ?? "none"), \(b.answer.map { "\($0.status)" } ?? "none")")
        }
        let (first, second) = (a.answer?.plainBody ?? [], b.answer?.plainBody ?? [])
        if first != second {
            let both = [first, second].map {
                NormalRequest(method: "", target: "", headers: [:], body: $0, ignored: [])
            }
            let places = TapeDifference.between(both[0], both[1])
            words.append(places.isEmpty ? "the same JSON, written otherwise" : "body")
            guard places.isEmpty || places.contains(where: { $0.subject == .body }) else {
                words.removeLast()
                return ["~ \(a.words)\(words.isEmpty ? "" : ": " + words.joined(separator: "; "))"]
                    + places.prefix(8).map { "    \($0.words)" }
            }
        }
        return words.isEmpty ? [] : ["~ \(a.words): \(words.joined(separator: "; "))"]
    }
}
