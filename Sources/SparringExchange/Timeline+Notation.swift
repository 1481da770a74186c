package import SparringWire

/// The notation of timelines in every report and in the journal.
extension Timeline.Happening {
    package var word: String {
        switch self {
        case .requestStart: "request_start"
        case .requestHead: "request_head"
        case .requestEnd: "request_end"
        case .decided: "decided"
        case .accepted: "accepted"
        case .faultDelivered: "fault_delivered"
        case .faultMissed: "fault_missed"
        case .held: "held"
        case .released: "released"
        case .peerGone: "peer_gone"
        case .drained: "drained"
        case .lost: "lost"
        case .ended: "ended"
        }
    }
}

extension Mark {
    package var words: String {
        switch self {
        case .head: "head"
        case .event(let n): "event \(n)"
        case .content(let n): "content \(n)"
        case .done: "done"
        case .piece: "piece"
        }
    }

    /// Parses a text in the form of `words`.
    package init?(words: some StringProtocol) {
        let parts = words.split(separator: " ")
        switch (parts.first, parts.dropFirst().first.flatMap { Int($0) }) {
        case ("head", nil): self = .head
        case ("event", let n?): self = .event(n)
        case ("content", let n?): self = .content(n)
        case ("done", nil): self = .done
        case ("piece", nil): self = .piece
        default: return nil
        }
    }
}
