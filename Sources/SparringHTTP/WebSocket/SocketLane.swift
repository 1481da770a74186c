import NIOCore
import SparringExchange
import SparringWire

/// The socket that a lane belongs to.
protocol LaneOwner: AnyObject {
    var channel: any Channel { get }
    var clock: MonotonicClock { get }
    var limits: ConnectionLimits { get }
    var isStopping: Bool { get }
    var canBeCut: Bool { get }
    var unacknowledgedBytes: Int? { get }
    /// Whether a part of a further message has arrived.
    var isInMessage: Bool { get }
    /// Whether answers are decided off the event loop.
    var decidesElsewhere: Bool { get }
    func answer(to turn: SocketTurn) -> PlannedExchange
    /// - Parameter then: called on the event loop.
    func answerElsewhere(to turn: SocketTurn, _ then: @escaping (PlannedExchange) -> Void)
    func write(_ bytes: ByteBuffer, from lane: SocketLane, promise: EventLoopPromise<Void>)
    func flush()
    func silence(_ silence: SocketSilence)
    /// Reports an exchange that has ended.
    func ended(_ performance: PlannedExchange, timeline: Timeline)
    /// The answer ends the socket in the given way.
    func leave(_ ending: Ending)
    /// Called for the next turn of a lane. Stops the answer that the turn orders to stop.
    /// - Returns: false if the turn has moved to another lane.
    func isNext(_ turn: inout SocketTurn, _ timeline: Timeline) -> Bool
    /// Called when the answer to a turn has been planned and its first bytes have been written.
    func begun()
    /// Called when the answer to a turn has ended.
    func ended(_ turn: SocketTurn)
    /// Called when all turns in the lane have been answered.
    func idle(_ lane: SocketLane)
}

/// The turns of a WebSocket that are answered one after the other. A lane must be used on the channel's event loop.
final class SocketLane {
    let name: String
    private unowned let owner: any LaneOwner
    private var waiting = CircularBuffer<(turn: SocketTurn, timeline: Timeline)>(initialCapacity: 1)
    private var player: ScriptPlayer?
    /// The turn that is being answered.
    private(set) var current: SocketTurn?
    /// True while turns are being answered. Prevents recursion if an answer is complete at once.
    private var isServing = false
    private var isOver = false
    /// True while an answer is being decided off the event loop.
    private var isDeciding = false

    init(_ name: String, of owner: any LaneOwner) {
        self.name = name
        self.owner = owner
    }

    func arrive(_ turn: SocketTurn, _ timeline: Timeline) {
        waiting.append((turn, timeline))
        player?.nextRequestBegan()
        serve()
    }

    private func serve() {
        guard !isServing else { return }
        isServing = true
        defer { isServing = false }
        while player == nil, !isOver, !isDeciding {
            guard var next = waiting.popFirst() else { return owner.idle(self) }
            if owner.isNext(&next.turn, next.timeline) { answer(next.turn, next.timeline) }
        }
    }

    private func answer(_ turn: SocketTurn, _ timeline: Timeline) {
        guard owner.decidesElsewhere else { return play(owner.answer(to: turn), turn, timeline) }
        isDeciding = true
        owner.answerElsewhere(to: turn) { performance in
            self.isDeciding = false
            self.play(performance, turn, timeline)
        }
    }

    private func play(
        _ performance: consuming PlannedExchange, _ turn: SocketTurn, _ timeline: consuming Timeline
    ) {
        current = turn
        timeline.entries += performance.exchange.timeline.entries
        timeline.stamp(.decided, at: owner.clock.now)
        let player = ScriptPlayer(
            performance, channel: owner.channel, clock: owner.clock, limits: owner.limits, timeline: timeline,
            stage: self)
        self.player = player
        if owner.isStopping { player.stopHanging() }
        // The client has gone while the answer was decided.
        guard !isOver else { return player.connectionLost("the connection was closed") }
        player.play()
        owner.begun()
    }

    /// Whether the running answer has faults.
    var hasFaults: Bool { !(player?.performance.exchange.decision.faults.isEmpty ?? true) }

    /// The size of the running answer, sent or not.
    var answerBytes: Int { player?.performance.script.bytes.count ?? 0 }

    /// The number of bytes of the running answer that are sent; nil if it cannot be stopped now.
    var sent: Int? { player?.sent }

    /// Stops the running answer, if it is waiting for the time of its next bytes.
    func stop() { player?.stop() }

    /// The server is stopping. The running answer may finish; the waiting turns are dropped.
    func quiesce() {
        waiting.removeAll()
        player?.stopHanging()
    }

    /// The socket has ended.
    func end(_ reason: String, isPeerGone: Bool) {
        isOver = true
        waiting.removeAll()
        if isPeerGone { player?.connectionLost(reason) } else { player?.cut(reason) }
    }
}

extension SocketLane: ScriptStage {
    var canBeCut: Bool { owner.canBeCut }
    var hasStreams: Bool { false }
    var unacknowledgedBytes: Int? { owner.unacknowledgedBytes }
    var hasNextRequestByte: Bool { !waiting.isEmpty || owner.isInMessage }

    func write(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>) {
        owner.write(bytes, from: self, promise: promise)
    }

    /// Does nothing, because only an HTTP request has interim responses.
    func writeInterim(_ status: Int, promise: EventLoopPromise<Void>) { promise.succeed() }

    func write(_ frames: ConnectionFrames, promise: EventLoopPromise<Void>) {
        if case .silence(let silence) = frames { owner.silence(silence) }
        promise.succeed()
    }

    func flush() { owner.flush() }

    /// Does nothing, because the last event of an answer shows its end.
    func complete() {}

    /// Does nothing, because faults that stop reading apply to a request's head.
    func setReading(_ isOn: Bool) {}

    func ended(_ player: ScriptPlayer, _ ending: Ending?) {
        self.player = nil
        if let turn = current { owner.ended(turn) }
        current = nil
        // As on a connection of HTTP, an exchange is reported before the client can detect its end, except for a reset
        // that loses bytes.
        if player.hasLoss { owner.leave(.reset) }
        owner.ended(player.performance, timeline: player.timeline)
        if let ending, ending != .keepAlive, !player.hasLoss { owner.leave(ending) }
        serve()
    }
}
