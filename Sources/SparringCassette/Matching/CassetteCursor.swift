/// The state of a replay: the recordings that have answered. The state is a value; `ReplayResponder` protects it with a lock.
struct CassetteCursor: Sendable {
    /// The number of answers of each recording, per session.
    private var counts: [String: [Int: Int]] = [:]
    /// The position of each session in the cassette, if the order of requests matters.
    private var positions: [String: Int] = [:]
    private var conversations: [String: Conversation] = [:]
    private var delays: [String: Int64] = [:]
    /// The indices of the recordings that have answered.
    private(set) var played: Set<Int> = []

    enum Choice: Hashable {
        /// The index of a recording, and the identifiers that are replaced in its answer.
        case play(Int, Renaming)
        case usedUp(Int)
        /// Another recording must answer first; the value is its index.
        case outOfOrder(Int)
        /// The request has an identifier that no answer contained.
        case stranger(Int)
        case unknown
    }

    /// - Parameter fresh: makes a new identifier of the same shape, for answers with fresh rendering.
    mutating func choose(
        _ candidates: CassetteIndex.Candidates, in index: CassetteIndex, session: String,
        fresh: ((String) -> String)? = nil
    ) -> Choice {
        guard let first = candidates.indices.first else { return .unknown }
        let fitting = fitting(candidates, index, session)
        guard !fitting.isEmpty else { return .stranger(first) }
        let choice =
            index.matching.keepsOrder
            ? inOrder(fitting, index, session) : anyOrder(fitting, index.matching.repeats, session)
        guard case .play(let chosen, _) = choice else { return choice }
        played.insert(chosen)
        counts[session, default: [:]][chosen, default: 0] += 1
        guard let form = candidates.form else { return choice }
        let card = index.cards[chosen]
        var conversation = conversations.removeValue(forKey: session) ?? Conversation()
        conversation.bind(form.identifiers, to: card.form?.identifiers ?? [])
        conversation.give(card.minted, make: fresh)
        defer { conversations[session] = conversation }
        return .play(chosen, conversation.renaming(except: fresh == nil ? card.minted : []))
    }

    /// Another recording answers in place of a chosen one, because only the other recording fits what the client has sent since.
    mutating func replace(_ chosen: Int, by other: Int, session: String) {
        counts[session]?[chosen]? -= 1
        if counts[session]?[chosen] == 0 { counts[session]?[chosen] = nil }
        if !counts.values.contains(where: { $0[chosen] != nil }) { played.remove(chosen) }
        counts[session, default: [:]][other, default: 0] += 1
        played.insert(other)
    }

    /// The time between the recording of a session and its replay, in nanoseconds. The dates in answers are moved by this time.
    /// - Parameter recordedAt: the time of the recording; nil if the recording has no time. Dates are moved only after a recording with a
    ///   time has answered.
    mutating func delay(of session: String, recordedAt: Int64?, now: Int64) -> Int64 {
        guard let delay = delays[session] ?? recordedAt.map({ now - $0 }) else { return 0 }
        delays[session] = delay
        return delay
    }

    /// The candidates whose identifiers are nearest to the request's. If requests are not matched by conversation, these are all
    /// candidates.
    private func fitting(_ candidates: CassetteIndex.Candidates, _ index: CassetteIndex, _ session: String) -> [Int] {
        guard let form = candidates.form else { return candidates.indices }
        let conversation = conversations[session] ?? Conversation()
        let distances = candidates.indices.compactMap { candidate -> (index: Int, distance: Int)? in
            let card = index.cards[candidate]
            let distance = conversation.distance(
                form.identifiers, from: card.form?.identifiers ?? [], minted: index.minted)
            // A recording with the same bytes is nearer than one with the same masked request, because masked values may differ.
            return distance.map { (candidate, $0 * 2 + (card.exact == candidates.exact ? 0 : 1)) }
        }
        let least = index.matching.keepsOrder ? .none : distances.map(\.distance).min()
        return distances.filter { least == nil || $0.distance == least }.map(\.index)
    }

    private func anyOrder(_ indices: [Int], _ repeats: CassetteMatching.Repeat, _ session: String) -> Choice {
        let counts = counts[session] ?? [:]
        if let fresh = indices.first(where: { counts[$0] == nil }) { return .play(fresh, Renaming()) }
        switch repeats {
        case .next: return .usedUp(indices[0])
        case .last: return .play(indices[indices.count - 1], Renaming())
        case .cycle:
            let least = indices.min { counts[$0, default: 0] < counts[$1, default: 0] }
            return .play(least ?? indices[0], Renaming())
        }
    }

    private mutating func inOrder(_ indices: [Int], _ index: CassetteIndex, _ session: String) -> Choice {
        let order = index.order(of: session)
        let position = positions[session, default: 0]
        guard position < order.count else { return .usedUp(indices[0]) }
        guard indices.contains(order[position]) else { return .outOfOrder(order[position]) }
        positions[session] = position + 1
        return .play(order[position], Renaming())
    }
}
