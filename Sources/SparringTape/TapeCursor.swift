/// How far a tape has been played: a value, held by `ReplayResponder` under a lock.
struct TapeCursor: Sendable {
    private struct Asked: Hashable {
        var session: String
        var identity: TapeFingerprint
    }

    /// How often each request has come, in each session.
    private var counts: [Asked: Int] = [:]
    /// Where each session stands on the tape, where its order matters.
    private var positions: [String: Int] = [:]
    /// Recordings that have answered.
    private(set) var played: Set<Int> = []

    enum Choice: Hashable {
        case play(Int)
        case usedUp(Int)
        /// With the one that would be next.
        case outOfOrder(Int)
        case unknown
    }

    mutating func choose(_ candidates: TapeIndex.Candidates, in index: TapeIndex, session: String) -> Choice {
        guard let first = candidates.indices.first else { return .unknown }
        let choice =
            index.matching.keepsOrder
            ? inOrder(candidates, index, session) : anyOrder(candidates, index.matching.repeats, session, first)
        if case .play(let played) = choice { self.played.insert(played) }
        return choice
    }

    private mutating func anyOrder(
        _ candidates: TapeIndex.Candidates, _ repeats: TapeMatching.Repeat, _ session: String, _ first: Int
    ) -> Choice {
        let (indices, asked) = (candidates.indices, Asked(session: session, identity: candidates.identity))
        let count = counts[asked, default: 0]
        counts[asked] = count + 1
        if count < indices.count { return .play(indices[count]) }
        switch repeats {
        case .next: return .usedUp(first)
        case .last: return .play(indices[indices.count - 1])
        case .cycle: return .play(indices[count % indices.count])
        }
    }

    private mutating func inOrder(
        _ candidates: TapeIndex.Candidates, _ index: TapeIndex, _ session: String
    ) -> Choice {
        let order = index.order(of: session)
        let position = positions[session, default: 0]
        guard position < order.count else { return .usedUp(candidates.indices[0]) }
        guard candidates.indices.contains(order[position]) else { return .outOfOrder(order[position]) }
        positions[session] = position + 1
        return .play(order[position])
    }
}
