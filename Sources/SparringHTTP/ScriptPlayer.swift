import NIOCore
import SparringExchange
import SparringWire

/// Plays one wire script on one channel, and stamps what happened. Lives on the channel's event loop.
final class ScriptPlayer {
    private let performance: Performance
    private let channel: any Channel
    private let clock: MonotonicClock
    private let limits: Limits
    /// Called once, after the last stamp.
    private let whenEnded: (ScriptPlayer, Ending) -> Void
    private var machine: PlaybackMachine
    private(set) var timeline: Timeline
    private var state = State.playing
    private var timer: Scheduled<Void>?
    /// Writes that the kernel has not taken yet.
    private var outstanding = 0
    private var isPeerGone = false
    private var pump: FeedPump?

    private enum State {
        case playing
        /// A timer or a condition will resume.
        case waiting
        /// All writes must be with the kernel before this goes on.
        case settling(PlaybackMachine.Action)
        /// Nothing more is sent; the peer's leaving or a timer ends it.
        case hanging
        case ended
    }

    init(
        _ performance: Performance, channel: any Channel, clock: MonotonicClock, limits: Limits, timeline: Timeline,
        whenEnded: @escaping (ScriptPlayer, Ending) -> Void
    ) {
        self.performance = performance
        self.channel = channel
        self.clock = clock
        self.limits = limits
        self.timeline = timeline
        self.whenEnded = whenEnded
        machine = PlaybackMachine(performance.script, startedAt: timeline.entries.last?.at ?? clock.now)
    }

    /// Goes on until something has to be waited for.
    func play() {
        state = .playing
        while case .playing = state { perform(machine.next()) }
    }

    private func perform(_ action: PlaybackMachine.Action) {
        switch action {
        case .write(let range, let mark, let due): write(range, mark, due)
        case .wait(let moment): wait(until: moment)
        case .await(let condition, let timeout): hold(for: condition, timeout)
        case .read(let isOn): setReading(isOn)
        case .interim(let status): channel.writeAndFlush(InterimResponse.bytes(status, channel.allocator), promise: nil)
        case .fault(let index):
            guard outstanding == 0 else { return state = .settling(action) }
            timeline.stamp(.faultDelivered(index), at: clock.now)
        case .end(let ending): end(ending, action)
        }
    }

    // MARK: Writing

    private func write(_ range: Range<Int>, _ mark: Mark?, _ due: Moment) {
        guard !range.isEmpty else { return }
        let bytes = performance.script.bytes
        var buffer = channel.allocator.buffer(capacity: range.count)
        bytes.withUnsafeBytes { _ = buffer.writeBytes(UnsafeRawBufferPointer(rebasing: $0[range])) }
        outstanding += 1
        let promise = channel.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { result in self.accepted(result, mark, due) }
        channel.writeAndFlush(buffer, promise: promise)
    }

    private func accepted(_ result: Result<Void, any Error>, _ mark: Mark?, _ due: Moment) {
        outstanding -= 1
        // A failed write is followed by `connectionLost`, which knows the reason.
        guard case .success = result else { return }
        if case .ended = state { return }
        timeline.stamp(.accepted(mark, due: due), at: clock.now)
        guard outstanding == 0, case .settling(let action) = state else { return }
        state = .playing
        perform(action)
        if case .playing = state { play() }
    }

    // MARK: Waiting

    private func wait(until moment: Moment) {
        guard moment > clock.now else { return }
        state = .waiting
        timer = channel.eventLoop.assumeIsolated().scheduleTask(deadline: clock.deadline(of: moment)) { self.play() }
    }

    private func hold(for condition: WireScript.Condition, _ timeout: Duration?) {
        switch condition {
        // The request is complete before its script is written.
        case .requestBytes, .requestEnd: return
        case .nextRequestByte, .peerGone:
            guard !isPeerGone else { return }
            state = .waiting
            guard let timeout else { return }
            timer = schedule(after: timeout) { self.play() }
        case .drained:
            state = .waiting
            awaitAcknowledgement(until: clock.now.advanced(by: timeout ?? limits.acknowledgeDeadline)) { _ in
                self.play()
            }
        }
    }

    /// Polls the kernel's send queue: there is no event for "acknowledged". Calls back with the bytes still unacknowledged.
    private func awaitAcknowledgement(until deadline: Moment, _ then: @escaping (Int) -> Void) {
        let pending = outstanding == 0 ? 0 : (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        let unacknowledged = pending + (SendQueue.unacknowledgedBytes(of: channel) ?? 0)
        if case .ended = state { return }
        if unacknowledged == 0, outstanding == 0 {
            timeline.stamp(.drained, at: clock.now)
            then(0)
        } else if clock.now > deadline {
            then(unacknowledged)
        } else {
            timer = schedule(after: .milliseconds(1)) { self.awaitAcknowledgement(until: deadline, then) }
        }
    }

    private func schedule(after duration: Duration, _ task: @escaping () -> Void) -> Scheduled<Void> {
        channel.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(duration.wholeNanoseconds), task)
    }

    private func setReading(_ isOn: Bool) {
        try? channel.syncOptions?.setOption(.autoRead, value: isOn)
        if isOn { channel.read() }
    }

    // MARK: Ending

    private func end(_ ending: Ending, _ action: PlaybackMachine.Action) {
        if let feed = performance.feed, pump == nil { return pour(feed, before: action) }
        switch ending {
        case .keepAlive:
            // Its last write is on its way; nothing has to wait for the kernel, except the stamp.
            outstanding == 0 ? finish(.keepAlive) : (state = .settling(action))
        case .fin, .halfClose, .cut, .goAway, .stream:
            outstanding == 0 ? finish(ending) : (state = .settling(action))
        case .hang(let duration):
            guard !isPeerGone else { return finish(ending) }
            state = .hanging
            if let duration { timer = schedule(after: duration) { self.finish(ending) } }
        case .reset:
            state = .waiting
            awaitAcknowledgement(until: clock.now.advanced(by: limits.acknowledgeDeadline)) { lost in
                if lost > 0 { self.timeline.stamp(.lost(bytes: lost), at: self.clock.now) }
                self.finish(.reset)
            }
        }
    }

    /// The script ends when its feed has.
    private func pour(_ feed: any Feed, before end: PlaybackMachine.Action) {
        state = .waiting
        let pump = FeedPump(feed, channel: channel) { self.perform(end) }
        self.pump = pump
        if isPeerGone { pump.windDown() }
        pump.start()
    }

    private func finish(_ ending: Ending) {
        if case .ended = state { return }
        state = .ended
        if let pump { pump.stop() } else { performance.feed?.close() }
        timer?.cancel()
        timeline.stamp(.ended(ending), at: clock.now)
        whenEnded(self, ending)
    }

    // MARK: What happens from outside

    /// The peer sends no more. An answer that is under way is still wanted: half-closing is how some clients end a request.
    func peerClosed() {
        guard !isPeerGone else { return }
        isPeerGone = true
        timeline.stamp(.peerGone(reason: "closed its side"), at: clock.now)
        pump?.windDown()
        if case .hanging = state { finish(.hang(nil)) }
    }

    /// What could go on for ever ends as soon as it can.
    func windDown() { pump?.windDown() }

    /// The connection is no more. What the script still had in mind did not happen.
    func connectionLost(_ reason: String) {
        if case .ended = state { return }
        if !isPeerGone {
            isPeerGone = true
            timeline.stamp(.peerGone(reason: reason), at: clock.now)
        }
        if case .hanging = state { return finish(.hang(nil)) }
        abandon("the client had gone")
        finish(.fin)
    }

    /// The server stops now.
    func cut() {
        if case .ended = state { return }
        if case .hanging = state { return finish(.fin) }
        abandon("the server was stopped")
        finish(.fin)
    }

    /// Whether it could go on for ever.
    var isHanging: Bool {
        if case .hanging = state { true } else { false }
    }

    private func abandon(_ reason: String) {
        var missed = machine.remainingFaults
        if case .settling(.fault(let index)) = state { missed.insert(index, at: 0) }
        for index in missed { timeline.stamp(.faultMissed(index, reason: reason), at: clock.now) }
    }

    /// Hands the finished exchange over.
    func report(to responder: any Responder) { responder.ended(performance, timeline: timeline) }
}

extension Moment {
    func advanced(by duration: Duration) -> Moment { Moment(nanoseconds: nanoseconds + duration.wholeNanoseconds) }
}

/// `HTTP/1.1 100 Continue` and its kin (RFC 9110 §15.2).
enum InterimResponse {
    static func bytes(_ status: Int, _ allocator: ByteBufferAllocator) -> ByteBuffer {
        allocator.buffer(string: "HTTP/1.1 \(status) \(status == 100 ? "Continue" : "Processing")\r\n\r\n")
    }
}
