package import SparringExchange
import SparringWire

/// Explains which recording answers a request, and why.
package struct CassetteExplanation: Sendable, Hashable {
    package var isAnswered: Bool
    package var lines: [String]
}

extension CassetteIndex {
    /// - Parameter session: a session that has sent no requests so far.
    package func explanation(of request: Request, session: String) -> CassetteExplanation {
        let found = candidates(request, target: request.target, session: session)
        guard let first = found.indices.first else {
            guard let (nearest, differences) = nearest(to: found.request) else {
                return CassetteExplanation(isAnswered: false, lines: ["the cassette is empty"])
            }
            let miss = CassetteMiss(
                reason: .unknown, request: "\(request.method) \(request.target)", nearest: cards[nearest].words,
                differences: differences, differsInNamesAlone: differsInNamesAlone(found.request, from: nearest))
            return CassetteExplanation(isAnswered: false, lines: miss.lines)
        }
        var lines = ["answered by \(cards[first].words): \(how(found, first))"]
        lines += names(found, first)
        lines += found.indices.dropFirst().map { "  then by \(cards[$0].words)" }
        switch matching.repeats {
        case .last: lines.append("  then the last one again (--repeat last)")
        case .cycle: lines.append("  then from the start (--repeat cycle)")
        case .next: lines.append("  then by no recording (--repeat next)")
        }
        return CassetteExplanation(isAnswered: true, lines: lines)
    }

    private func how(_ found: Candidates, _ first: Int) -> String {
        let same =
            if cards[first].exact == found.exact {
                "the same bytes"
            } else if matching.rigour == .conversation {
                "the same except for generated identifiers"
            } else {
                "the same JSON after masking, without ignored places"
            }
        return MaskedTarget.isMask(cards[first].target) ? "\(same); the recording has no path" : same
    }

    private func names(_ found: Candidates, _ first: Int) -> [String] {
        zip(cards[first].form?.identifiers ?? [], found.form?.identifiers ?? []).filter { $0 != $1 }.map { old, new in
            let condition = minted.contains(old) ? ", if an earlier answer contained it" : ""
            return "  \(old) is now \(new)\(condition)"
        }
    }
}

/// Compares two cassettes.
package enum CassetteComparison {
    /// Returns one or more lines for each difference: `-` for a request that is only in the first cassette, `+` for a request that is only
    /// in the second, `~` for a request with different answers.
    package static func lines(_ a: CassetteIndex, _ b: CassetteIndex) throws -> [String] {
        var lines: [String] = []
        var paired: Set<Int> = []
        var counts: [CassetteFingerprint: Int] = [:]
        for (index, card) in a.cards.enumerated() {
            let key = card.normal
            let turn = counts[key, default: 0]
            counts[key] = turn + 1
            let found = b.normal[key] ?? []
            guard turn < found.count else {
                lines.append("- \(card.words)")
                continue
            }
            paired.insert(found[turn])
            lines += differences(try a.exchange(index), try b.exchange(found[turn]))
        }
        return lines + b.cards.indices.filter { !paired.contains($0) }.map { "+ \(b.cards[$0].words)" }
    }

    private static func differences(_ a: RecordedExchange, _ b: RecordedExchange) -> [String] {
        var words: [String] = []
        if a.ending != b.ending { words.append("ending \(a.ending.rawValue), \(b.ending.rawValue)") }
        if a.answer?.status != b.answer?.status {
            words.append(
                "status \(a.answer.map { "\($0.status)" } ?? "none"), \(b.answer.map { "\($0.status)" } ?? "none")")
        }
        if a.messages.map(\.content) != b.messages.map(\.content) { words.append("messages of the WebSocket") }
        let (first, second) = (a.answer?.plainBody ?? [], b.answer?.plainBody ?? [])
        if first != second {
            let both = [first, second].map {
                NormalRequest(method: "", target: "", headers: [:], body: $0, ignored: [])
            }
            let places = CassetteDifference.between(both[0], both[1])
            words.append(places.isEmpty ? "the same JSON in other bytes" : "body")
            guard places.isEmpty || places.contains(where: { $0.subject == .body }) else {
                words.removeLast()
                return ["~ \(a.words)\(words.isEmpty ? "" : ": " + words.joined(separator: "; "))"]
                    + places.prefix(8).map { "    \($0.words)" }
            }
        }
        return words.isEmpty ? [] : ["~ \(a.words): \(words.joined(separator: "; "))"]
    }
}
