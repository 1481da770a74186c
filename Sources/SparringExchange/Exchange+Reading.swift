package import SparringWire

/// Values that reports and verdicts read from a timeline.
extension Exchange {
    package var startedAt: Moment { timeline.entries.lazy.map(\.at).min() ?? Moment(nanoseconds: 0) }

    /// The method and the target as people read them, with secrets masked.
    package var words: String { "\(request.method) \(Redaction.target(request.target))" }

    package var deliveredFaults: [FaultID] {
        timeline.entries.compactMap { if case .faultDelivered(let id) = $0.happening { id } else { nil } }
    }

    /// The names of the faults that took effect: `reset` for `at event 5: reset`.
    package var deliveredFaultNames: [String] {
        deliveredFaults.map { id in
            let words = decision.fault(id) ?? "fault"
            let effect =
                words.hasPrefix("at ") ? words.split(separator: ": ", maxSplits: 1).last ?? words[...] : words[...]
            return String(effect.prefix { $0 != " " && $0 != ":" })
        }
    }

    package var missedFaults: [String] {
        timeline.entries.compactMap { entry in
            guard case .faultMissed(let id, let reason) = entry.happening else { return nil }
            return "\(decision.fault(id) ?? "a fault"): \(reason)"
        }
    }

    /// When the first byte of the head arrived.
    package var arrivedAt: Moment? { timeline.moment { $0 == .requestStart } ?? timeline.entries.first?.at }

    /// When the exchange ended for the client: at the end of the answer, or when the client disconnected, whichever came first.
    package var leftAt: Moment? {
        let ended = timeline.moment { if case .ended = $0 { true } else { false } }
        let gone = timeline.moment { if case .peerGone = $0 { true } else { false } }
        guard let ended else { return gone }
        return gone.map { min($0, ended) } ?? ended
    }

    /// The marbles of the script. For a plain answer, whose script is not drawn, these are the marbles of the bytes sent.
    package var marbleLine: String { marbles.isEmpty ? timeline.marbles : marbles }

    /// The time by which the timestamp of a complete answer's end is too late. The client may have received the answer earlier by this
    /// time, because the thread that writes often loses its processor to the thread that it has woken.
    package var stampDelay: Duration {
        let dues = timeline.entries.compactMap { entry in
            if case .accepted(_, let due) = entry.happening { due } else { nil }
        }
        let isComplete = timeline.entries.contains { $0.happening == .ended(.keepAlive) }
        guard isComplete, let due = dues.last, let left = leftAt else { return .zero }
        return max(.zero, left - due)
    }

    /// How long breakpoints held the answer; nil if no breakpoint held it.
    package var heldFor: Duration? {
        let holds = timeline.entries.compactMap { entry in
            if case .released(let duration, _) = entry.happening { duration } else { nil }
        }
        return holds.isEmpty ? nil : holds.reduce(.zero, +)
    }

    /// How the client disconnected, in words; empty if the client did not disconnect.
    package var departures: [String] {
        timeline.entries.compactMap {
            if case .peerGone(let reason) = $0.happening { "the client \(reason)" } else { nil }
        }
    }

    package var peerHasGone: Bool { timeline.moment { if case .peerGone = $0 { true } else { false } } != nil }
}

extension Exchange.Decision {
    /// The fault in words; nil if the exchange has no fault with that id.
    func fault(_ id: FaultID) -> String? { faults.indices.contains(id.number) ? faults[id.number] : nil }
}

extension Timeline {
    fileprivate var marbles: String {
        WireScript(
            steps: entries.compactMap { entry in
                switch entry.happening {
                case .accepted(let mark, _): .write(0..<0, mark)
                case .ended(let ending): .end(ending)
                default: nil
                }
            }
        ).marbles
    }

    fileprivate func moment(_ isWanted: (Happening) -> Bool) -> Moment? {
        entries.first { isWanted($0.happening) }?.at
    }
}
