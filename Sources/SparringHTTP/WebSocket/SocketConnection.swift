import NIOCore
import SparringExchange
import SparringWire

/// The connection of a WebSocket.
protocol SocketHost: AnyObject {
    var canBeCut: Bool { get }
    var unacknowledgedBytes: Int? { get }
    /// Writes the bytes at the end of the event loop's turn.
    func write(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>)
    func flush()
    /// Called when the queue of turns has become longer or shorter.
    func updateReading()
    /// The client has ended the socket or broken its protocol; `reason` describes this in words.
    func peerLeft(_ reason: String)
    /// The server ends the connection.
    func leave(_ ending: Ending, _ reason: String)
}

/// An open WebSocket of a client. The socket reads messages, answers them lane by lane, and answers control frames. Must be
/// used on the channel's event loop.
final class SocketConnection {
    let channel: any Channel
    let clock: MonotonicClock
    let limits: ConnectionLimits
    private unowned let host: any SocketHost
    private let service: any SocketService
    private let decider: RequestDispatcher
    private var reader: SocketReader
    /// The decompressor is set at the first compressed message, if later ones may refer to it.
    private var inflater: MessageInflater?
    /// Nil without compression.
    private var deflater: FrameDeflater?
    private var lanes: [String: SocketLane] = [:]
    /// Turns that wait until their lane may begin.
    private var parked: CircularBuffer<(turn: SocketTurn, timeline: Timeline)> = []
    /// The number of waiting turns, and the bytes of their messages.
    private var waiting: (turns: Int, bytes: Int) = (0, 0)
    /// The time of the first byte of the arriving message.
    private var began: Moment?
    private var hush: SocketSilence?
    private var isOpen = true { didSet { if !isOpen { keepTime() } } }
    private(set) var isStopping = false
    /// The payload of the latest unanswered Ping. Only the latest Ping needs an answer (RFC 6455 §5.5.3).
    private var owedPong: [UInt8]?
    private var boundary = FrameBoundary()
    /// The lane whose frame is incomplete on the wire. A fault may pause inside the frame, and no other frame may begin
    /// there.
    private var writing: SocketLane?
    /// The turns whose answers are decided off the event loop; the first of them is being decided now.
    private var deciding: CircularBuffer<(turn: SocketTurn, then: (PlannedExchange) -> Void)> = []
    /// The time that the service waits for.
    private var timer: SocketTimer?
    private var held: [(lane: SocketLane, bytes: ByteBuffer, promise: EventLoopPromise<Void>)] = []

    init(
        _ service: any SocketService, on channel: any Channel, of host: any SocketHost, decider: RequestDispatcher,
        clock: MonotonicClock, limits: ConnectionLimits
    ) {
        self.service = service
        self.channel = channel
        self.host = host
        self.decider = decider
        self.clock = clock
        self.limits = limits
        reader = SocketReader(limit: limits.bodyBytes, allowsCompression: service.compression != nil)
        deflater = service.compression.map(FrameDeflater.init)
    }

    /// Whether the connection should stop reading, because the client sends faster than it is answered, or does not
    /// read.
    var isFull: Bool {
        isOpen
            && (waiting.turns >= limits.pipelinedRequests || waiting.bytes >= limits.bodyBytes || owedPong != nil
                || lanes.count >= limits.concurrentStreams)
    }

    // MARK: Input

    func receive(_ bytes: ByteBuffer) {
        guard isOpen else { return }
        let now = clock.now
        if began == nil { began = now }
        for input in bytes.withUnsafeReadableBytes({ reader.read($0) }) where isOpen { take(input, now) }
        if !reader.isInMessage { began = nil }
        host.updateReading()
    }

    private func take(_ input: SocketReader.Input, _ now: Moment) {
        switch input {
        case .text(let message): arrive(message, isText: true, now)
        case .binary(let message): arrive(message, isText: false, now)
        case .compressed(let payload, let isText): take(inflated(payload, isText: isText), now)
        case .ping(let payload): pong(payload)
        case .pong: break
        case .close(let close):
            let words = close.map { "\($0)" } ?? "no code"
            end(.close(close.map { SocketClose($0.code) }), "closed the WebSocket with \(words)")
        case .violation(let close): end(.close(close), "broke the WebSocket protocol, and was closed with \(close)")
        }
    }

    private func inflated(_ payload: [UInt8], isText: Bool) -> SocketReader.Input {
        let agreed = service.compression
        let inflater =
            inflater ?? MessageInflater(windowBits: agreed?.clientWindowBits ?? 15, limit: limits.bodyBytes)
        // A client without a context costs no memory between its messages.
        self.inflater = agreed?.clientHasNoContext ?? false ? nil : inflater
        do throws(SocketClose) {
            return .inflated(try inflater.inflated(payload), isText: isText)
        } catch {
            return .violation(error)
        }
    }

    private func arrive(_ message: [UInt8], isText: Bool, _ now: Moment) {
        var timeline = Timeline()
        timeline.entries.reserveCapacity(6)
        timeline.stamp(.requestStart, at: began ?? now)
        timeline.stamp(.requestEnd, at: now)
        began = now
        guard !isStopping else { return }
        arrive(service.turn(of: message, isText: isText), timeline)
    }

    private func arrive(_ turn: SocketTurn, _ timeline: Timeline) {
        waiting.turns += 1
        waiting.bytes += turn.message.count
        enter(turn, timeline)
    }

    private func enter(_ turn: SocketTurn, _ timeline: Timeline) {
        let isNext =
            lanes[turn.lane] == nil ? canOpenLane && parked.isEmpty : !parked.contains { $0.turn.lane == turn.lane }
        // A turn that stops an answer never waits for answers. The events of a client arrive in the lane without a name.
        guard isNext || turn.lane.isEmpty || turn.stops != nil else { return parked.append((turn, timeline)) }
        begin(turn, timeline)
    }

    private func begin(_ turn: SocketTurn, _ timeline: Timeline) {
        let lane = lanes[turn.lane] ?? SocketLane(turn.lane, of: self)
        lanes[turn.lane] = lane
        lane.arrive(turn, timeline)
    }

    /// Whether another lane may begin. Every running answer occupies memory, and a client that does not read keeps them there.
    private var canOpenLane: Bool {
        lanes.isEmpty
            || lanes.count < limits.concurrentStreams
                && lanes.values.reduce(0) { $0 + $1.answerBytes } < limits.bodyBytes
    }

    /// Starts the turns that waited for the end of other lanes.
    private func unpark() {
        while isOpen, let next = parked.first, lanes[next.turn.lane] != nil || canOpenLane {
            parked.removeFirst()
            begin(next.turn, next.timeline)
        }
    }

    /// Starts the turns that the service itself begins.
    func begun() {
        for turn in service.followUps() where isOpen && !isStopping {
            let now = clock.now
            var timeline = Timeline()
            timeline.stamp(.requestStart, at: now)
            timeline.stamp(.requestEnd, at: now)
            arrive(turn, timeline)
        }
        keepTime()
    }

    func ended(_ turn: SocketTurn) {
        service.ended(turn)
        keepTime()
    }

    /// Starts and stops the timer for what the service waits for.
    private func keepTime() {
        let wait = isOpen && !isStopping ? service.wait : nil
        guard wait?.number != timer?.wait.number else { return }
        timer?.stop()
        timer = wait.map { wait in
            SocketTimer(wait, on: channel.eventLoop, clock: clock) { [weak self] pauses in
                self?.service.waited(wait, pauses: pauses)
                self?.begun()
            }
        }
        timer?.start()
    }

    // MARK: Control frames

    /// While a client does not read, Pongs are not queued.
    private func pong(_ payload: [UInt8]) {
        guard hush == nil else { return }
        owedPong = payload
        payPong()
    }

    private func payPong() {
        guard isOpen, let payload = owedPong, writing == nil, channel.isWritable else { return }
        owedPong = nil
        send(SocketFrame(.pong, payload), promise: nil)
        host.updateReading()
    }

    /// Called when the channel accepts bytes again.
    func becameWritable() { payPong() }

    private func send(_ frame: SocketFrame, promise: EventLoopPromise<Void>?) {
        channel.writeAndFlush(channel.allocator.buffer(bytes: frame.bytes), promise: promise)
    }

    // MARK: Ending

    /// Answers the peer's end with a Close frame, and ends the connection when the kernel has taken that frame.
    private func end(_ frame: SocketFrame, _ reason: String) {
        endLanes(reason, isPeerGone: true)
        guard hush != .everything, channel.isWritable else { return host.peerLeft(reason) }
        let promise = channel.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { _ in self.host.peerLeft(reason) }
        send(frame, promise: promise)
    }

    private func endLanes(_ reason: String, isPeerGone: Bool) {
        isOpen = false
        let (lanes, writes) = (Array(self.lanes.values), held)
        (self.lanes, held) = ([:], [])
        parked.removeAll()
        for lane in lanes { lane.end(reason, isPeerGone: isPeerGone) }
        for write in writes { write.promise.fail(ChannelError.ioOnClosedChannel) }
    }

    /// The client has closed its side of the connection, or the connection broke, without a Close frame.
    func connectionLost(_ reason: String) { endLanes(reason, isPeerGone: true) }

    /// The server ends the connection.
    func cut(_ reason: String) { endLanes(reason, isPeerGone: false) }

    /// The server is stopping. Running answers may finish, then the socket is closed.
    func quiesce() {
        isStopping = true
        keepTime()
        parked.removeAll()
        for lane in Array(lanes.values) { lane.quiesce() }
        if lanes.isEmpty { goAway() }
    }

    private func goAway() {
        guard isOpen else { return }
        isOpen = false
        if hush != .everything { send(.close(.goingAway), promise: nil) }
        host.leave(.fin, "the server was stopped")
    }
}

// MARK: - Lanes

extension SocketConnection: LaneOwner {
    var canBeCut: Bool { host.canBeCut }
    var unacknowledgedBytes: Int? { host.unacknowledgedBytes }
    var isInMessage: Bool { reader.isInMessage }

    var decidesElsewhere: Bool { service.mayBlock }

    func isNext(_ turn: inout SocketTurn, _ timeline: Timeline) -> Bool {
        let lane = turn.lane
        turn = service.routed(turn)
        guard turn.lane == lane else {
            enter(turn, timeline)
            return false
        }
        if let lane = turn.stops.flatMap({ lanes[$0] }), let running = lane.current, writing !== lane,
            let sent = lane.sent
        {
            service.stopped(running, sent: sent)
            lane.stop()
        }
        waiting.turns -= 1
        waiting.bytes -= turn.message.count
        return true
    }

    func answer(to turn: SocketTurn) -> PlannedExchange {
        service.answer(to: turn, connection: decider.connection, now: clock.now)
    }

    func answerElsewhere(to turn: SocketTurn, _ then: @escaping (PlannedExchange) -> Void) {
        deciding.append((turn, then))
        if deciding.count == 1 { decideNext() }
    }

    /// Decides the answers one after the other, because the service may have a state that all its turns change.
    private func decideNext() {
        guard let first = deciding.first else { return }
        decider.answerElsewhere(to: first.turn, by: service) { performance in
            self.deciding.removeFirst()
            self.decideNext()
            first.then(performance)
        }
    }

    func write(_ bytes: ByteBuffer, from lane: SocketLane, promise: EventLoopPromise<Void>) {
        guard hush != .everything else { return promise.succeed() }
        if let writing, writing !== lane { return held.append((lane, bytes, promise)) }
        // An answer with faults has the same bytes on every socket. The rest of a frame that has begun is not a whole frame, so it cannot
        // be compressed.
        let isPlain = writing != nil || lane.hasFaults
        let bytes = isPlain ? bytes : deflater?.compressed(bytes, channel.allocator) ?? bytes
        bytes.withUnsafeReadableBytes { boundary.pass($0) }
        writing = boundary.isInside ? lane : nil
        host.write(bytes, promise: promise)
        releaseHeld()
    }

    private func releaseHeld() {
        guard writing == nil else { return }
        payPong()
        guard !held.isEmpty else { return }
        let writes = held
        held = []
        for next in writes { write(next.bytes, from: next.lane, promise: next.promise) }
    }

    func flush() { host.flush() }

    func silence(_ silence: SocketSilence) {
        if hush != .everything { hush = silence }
        owedPong = nil
    }

    func ended(_ performance: PlannedExchange, timeline: Timeline) {
        decider.responder.ended(performance, timeline: timeline)
    }

    func leave(_ ending: Ending) {
        guard isOpen else { return }
        isOpen = false
        host.leave(ending, "an answer ended the socket")
    }

    func idle(_ lane: SocketLane) {
        // A frame with a wrong length never ends.
        if writing === lane {
            writing = nil
            boundary = FrameBoundary()
            releaseHeld()
        }
        lanes[lane.name] = nil
        unpark()
        if lanes.isEmpty { deflater?.rest() }
        host.updateReading()
        if isStopping, lanes.isEmpty { goAway() }
    }
}
