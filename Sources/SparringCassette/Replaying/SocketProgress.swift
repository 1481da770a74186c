import SparringAPI
import SparringExchange

/// The state of a replayed WebSocket: the recordings that fit the messages that the client has sent so far. The state is a value;
/// `SocketReplay` protects it with a lock.
struct SocketProgress: Sendable {
    enum Choice: Sendable {
        /// - Parameter words: the recorded message, as in `default#3 GET /v1/responses, message 2`.
        case play(SocketTrack.Answer, Renaming, words: String)
        case miss(CassetteMiss)
    }

    private let matching: CassetteMatching
    private let tracks: [SocketTrack]
    private(set) var current = 0
    /// The client's messages that a recording has answered.
    private var heard: [SocketEvent] = []
    /// The number of answered messages of each lane.
    private var positions: [String: Int] = [:]
    private var names: SocketNames
    /// The identifiers at the start of a socket.
    private let unnamed: SocketNames

    /// - Parameters:
    ///   - tracks: the recordings of the same handshake, with the preferred recording first. At least one.
    ///   - mint: makes new identifiers in place of the recorded identifiers; nil to keep the recorded identifiers.
    init(_ tracks: [SocketTrack], _ matching: CassetteMatching, mint: IDMint? = nil) {
        self.tracks = tracks
        self.matching = matching
        unnamed = SocketNames(mint: mint)
        names = unnamed
        names.give(tracks[0].opening.minted)
    }

    var track: SocketTrack { tracks[current] }

    /// The replacements for the next answer.
    var renaming: Renaming { names.renaming(own: track.minted) }

    /// Answers the next message of the client. Another recording takes over if it fits all messages that the client sent.
    mutating func take(_ event: SocketEvent, request: String) -> Choice {
        var paired = names
        if let step = step(event, of: tracks[current], &paired) {
            names = paired
            return note(event, step)
        }
        for other in matching.keepsOrder ? 0..<0 : tracks.indices where other != current {
            guard var fitting = replayed(tracks[other]), let step = step(event, of: tracks[other], &fitting) else {
                continue
            }
            (current, names) = (other, fitting)
            return note(event, step)
        }
        return .miss(miss(event, request))
    }

    private mutating func note(_ event: SocketEvent, _ step: SocketTrack.Step) -> Choice {
        heard.append(event)
        positions[event.lane, default: 0] += 1
        return .play(step.answer, renaming, words: "\(track.words), message \(step.number)")
    }

    /// The next recorded message of the lane, if it equals this message; nil if the two differ, or if the lane has no further message.
    /// Pairs its identifiers.
    private func step(
        _ event: SocketEvent, of track: SocketTrack, at position: Int? = nil, _ names: inout SocketNames
    ) -> SocketTrack.Step? {
        let steps = track.lanes[event.lane] ?? []
        let position = position ?? positions[event.lane, default: 0]
        guard position < steps.count, steps[position].event.equals(event, matching.rigour) else { return nil }
        let step = steps[position]
        guard let form = event.form, let recorded = step.event.form else { return step }
        guard names.pair(form.identifiers, with: recorded.identifiers, minted: track.minted) else { return nil }
        names.give(step.answer.minted)
        return step
    }

    /// The identifiers of another recording after all messages so far; nil if that recording does not fit the messages.
    private func replayed(_ track: SocketTrack) -> SocketNames? {
        var names = unnamed
        names.give(track.opening.minted)
        var reached: [String: Int] = [:]
        for event in heard {
            let position = reached[event.lane, default: 0]
            guard step(event, of: track, at: position, &names) != nil else { return nil }
            reached[event.lane] = position + 1
        }
        return names
    }

    // MARK: Misses

    private func miss(_ event: SocketEvent, _ request: String) -> CassetteMiss {
        let expected = (track.lanes[event.lane] ?? []).dropFirst(positions[event.lane, default: 0]).prefix(1)
        let others = tracks.flatMap { track in track.steps.map { (track, $0) } }
        let compared = (expected.map { (track, $0) } + others).prefix(Self.compared).map { track, step in
            (
                words: "\(track.words), message \(step.number)", step: step,
                differences: CassetteDifference.between(step.event.normal, event.normal)
            )
        }
        let nearest = compared.min { weight($0.differences) < weight($1.differences) }
        let isOver = expected.isEmpty && nearest?.differences.isEmpty ?? true
        let isStranger = !isOver && nearest?.differences.isEmpty ?? false
        let differsInNamesAlone =
            matching.rigour == .normal
            && nearest.map {
                ConversationForm($0.step.event.normal).fingerprint == ConversationForm(event.normal).fingerprint
            } ?? false
        return CassetteMiss(
            reason: isOver ? .usedUp : isStranger ? .outOfOrder : .unknown, request: request,
            nearest: isStranger
                ? expected.first.map { "\(track.words), message \($0.number)" } ?? nearest?.words
                : nearest?.words ?? track.words,
            differences: nearest?.differences ?? [], differsInNamesAlone: differsInNamesAlone, isMessage: true)
    }

    private func weight(_ differences: [CassetteDifference]) -> Int { differences.reduce(0) { $0 + $1.weight } }

    /// The maximum number of recorded messages that a message is compared with.
    private static let compared = 1000
}
