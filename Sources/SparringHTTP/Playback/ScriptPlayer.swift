import NIOCore
import SparringExchange
import SparringWire

/// Plays one wire script on one channel, and records the events. Lives on the channel's event loop.
final class ScriptPlayer {
    let performance: PlannedExchange
    private let channel: any Channel
    private let clock: MonotonicClock
    private let limits: ConnectionLimits
    private unowned let stage: any ScriptStage
    private var machine: PlaybackMachine
    private var time: ScriptTime
    private var watcher: Int?
    /// The task that waits for a time of the script's clock.
    private var pending: (due: Moment, task: () -> Void)?
    private(set) var timeline: Timeline
    private var state = State.playing
    private var timer: Scheduled<Void>?
    /// The number of writes so far, and the number of writes that the kernel has taken.
    private var written = 0
    private var taken = 0
    /// Faults that take effect when the kernel has taken the writes before them.
    private var pendingFaults: [(id: FaultID, after: Int)] = []
    private var isPeerGone = false
    private var pump: FeedPump?
    private var mayHang = true
    /// The number of bytes of the script that have been written.
    private var reached = 0
    /// True if the reset at the end discards bytes that the peer has not acknowledged.
    private(set) var hasLoss = false

    private enum State {
        case playing
        /// The script continues after a timer, or when this condition is met.
        case waiting(WireScript.Condition?)
        /// The connection ends in this way when the kernel has taken all writes.
        case settling(Ending, faults: [FaultID])
        /// The reset is sent when the peer's kernel has acknowledged all earlier bytes.
        case resetting(faults: [FaultID])
        /// Sends nothing more. The answer ends after a time, or when the peer disconnects.
        case hanging(Ending)
        /// A breakpoint has held the answer since that moment.
        case held(since: Moment)
        case ended
    }

    /// - Parameter timeline: the events of the request, followed by the start of the script.
    init(
        _ performance: consuming PlannedExchange, channel: any Channel, clock: MonotonicClock, limits: ConnectionLimits,
        timeline: consuming Timeline, stage: any ScriptStage
    ) {
        let start = timeline.entries.last?.at ?? clock.now
        machine = PlaybackMachine(performance.script, startedAt: start)
        time = ScriptTime(startedAt: start, scale: performance.clock?.scale ?? 1)
        self.performance = performance
        self.channel = channel
        self.clock = clock
        self.limits = limits
        self.timeline = timeline
        self.stage = stage
    }

    /// Plays until the script has to wait.
    func play() {
        state = .playing
        while case .playing = state { perform(machine.next()) }
    }

    private func perform(_ action: PlaybackMachine.Action) {
        switch action {
        case .write(let range, let mark, let due): write(range, mark, time.real(of: due))
        case .wait(let moment): wait(until: moment)
        case .await(let condition, let timeout): hold(for: condition, timeout)
        case .read(let isOn): stage.setReading(isOn)
        case .interim(let status):
            stage.writeInterim(status, promise: written(nil, time.real(of: machine.due)))
        case .frames(let frames): stage.write(frames, promise: written(nil, time.real(of: machine.due)))
        case .fault(let id):
            if taken == written { deliver(id) } else { pendingFaults.append((id, after: written)) }
        case .hold: awaitRelease()
        case .end(let ending, let faults): end(ending, faults)
        }
    }

    private func deliver(_ fault: FaultID) { timeline.stamp(.faultDelivered(fault), at: clock.now) }

    // MARK: Writing

    /// Whether any byte of the answer may have reached the client.
    var hasWritten: Bool { written > 0 || pump?.hasWritten ?? false }

    private func write(_ range: Range<Int>, _ mark: Mark?, _ due: Moment) {
        guard !range.isEmpty else { return }
        reached = range.upperBound
        var buffer = channel.allocator.buffer(capacity: range.count)
        performance.script.bytes.withUnsafeBytes { _ = buffer.writeBytes($0[range]) }
        stage.write(buffer, promise: written(mark, due))
    }

    /// Counts a write. The promise succeeds when the kernel has taken the bytes.
    private func written(_ mark: Mark?, _ due: Moment) -> EventLoopPromise<Void> {
        written += 1
        let promise = channel.eventLoop.makePromise(of: Void.self)
        // A write fails only if its connection fails, and `connectionLost` then receives the reason.
        promise.futureResult.assumeIsolated().whenSuccess { self.accepted(mark, due) }
        return promise
    }

    private func accepted(_ mark: Mark?, _ due: Moment) {
        if case .ended = state { return }
        taken += 1
        timeline.stamp(.accepted(mark, due: due), at: clock.now)
        while let fault = pendingFaults.first, fault.after <= taken {
            pendingFaults.removeFirst()
            deliver(fault.id)
        }
        if taken == written, case .settling(let ending, let faults) = state { finish(ending, faults) }
    }

    // MARK: Waiting

    private func wait(until moment: Moment) {
        guard time.real(of: moment) > clock.now else { return }
        state = .waiting(nil)
        wake(at: moment) {
            if self.performance.isRevoked?() ?? false { self.machine.skipToEnding() }
            self.play()
        }
    }

    /// - Parameter due: the time on the script's clock.
    private func wake(at due: Moment, _ task: @escaping () -> Void) {
        pending = (due, task)
        arm()
        guard watcher == nil, let scriptClock = performance.clock else { return }
        let (eventLoop, player) = (channel.eventLoop, NIOLoopBound(self, eventLoop: channel.eventLoop))
        watcher = scriptClock.watch { change in eventLoop.execute { player.value.clockChanged(change) } }
    }

    private func arm() {
        guard let (due, task) = pending else { return }
        let deadline = clock.deadline(of: time.real(of: due))
        timer = channel.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            self.pending = nil
            task()
        }
    }

    private func clockChanged(_ change: ClockChange) {
        if case .ended = state { return }
        time.change(change, at: clock.now)
        guard pending != nil else { return }
        timer?.cancel()
        arm()
    }

    private func hold(for condition: WireScript.Condition, _ timeout: Duration?) {
        switch condition {
        case .peerGone where isPeerGone, .nextRequestByte where isPeerGone || stage.hasNextRequestByte: return
        case .peerGone, .nextRequestByte:
            // A client that waits for the rest of the answer sends no next request, so the answer must be complete now.
            if condition == .nextRequestByte { stage.complete() }
            guard timeout != nil || mayHang else { return }
            state = .waiting(condition)
            guard let timeout else { return }
            timer = channel.eventLoop.schedule(after: timeout) { self.resume() }
        case .drained:
            state = .waiting(condition)
            awaitAcknowledgement(until: clock.now.advanced(by: timeout ?? limits.acknowledgeDeadline)) { _ in
                self.resume()
            }
        }
    }

    private func resume() {
        timer?.cancel()
        machine.resume(at: time.time(at: clock.now))
        play()
    }

    /// Polls the send queue, because no event reports acknowledgements. Calls back with the number of unacknowledged
    /// bytes, possibly before it returns.
    private func awaitAcknowledgement(
        until deadline: Moment, pollingAfter interval: Duration = .milliseconds(1), _ then: @escaping (Int) -> Void
    ) {
        guard let unacknowledged = stage.unacknowledgedBytes else { return then(0) }
        if unacknowledged == 0, taken == written {
            timeline.stamp(.drained, at: clock.now)
            then(0)
        } else if clock.now >= deadline {
            then(unacknowledged)
        } else {
            timer = channel.eventLoop.schedule(after: interval) {
                self.awaitAcknowledgement(until: deadline, pollingAfter: min(interval * 2, .milliseconds(5)), then)
            }
        }
    }

    // MARK: Breakpoints

    /// Holds the answer until it is released, but at most for the hold's limit, in real time. The bytes before this point are sent to the
    /// client first.
    private func awaitRelease() {
        guard let hold = performance.hold, mayHang, !isPeerGone else { return }
        stage.flush()
        let now = clock.now
        timeline.stamp(.held(at: hold.point), at: now)
        state = .held(since: now)
        timer = channel.eventLoop.schedule(after: hold.limit) {
            self.release("its limit of \(hold.limit.words) was over")
        }
        let (eventLoop, player) = (channel.eventLoop, NIOLoopBound(self, eventLoop: channel.eventLoop))
        hold.begin(at: now) { end in eventLoop.execute { player.value.released(end) } }
    }

    private func released(_ end: HoldEnd) {
        switch end {
        case .go: release("it was let go")
        case .reset: drop()
        }
    }

    private func release(_ reason: String) {
        guard leaveHold(reason) else { return }
        machine.resume(at: time.time(at: clock.now))
        if performance.isRevoked?() ?? false { machine.skipToEnding() }
        play()
    }

    /// Ends the answer at the point where it is held. Other streams of the connection continue.
    private func drop() {
        let reason = "the answer was dropped at a breakpoint"
        guard leaveHold(reason) else { return }
        miss(machine.remainingFaults, reason)
        // The error code is INTERNAL_ERROR, as after a fault of the server (RFC 9113 §7).
        if stage.hasStreams { settle(.stream(2), []) } else { reset([]) }
    }

    /// - Returns: whether the answer was held.
    private func leaveHold(_ reason: String) -> Bool {
        guard case .held(let since) = state else { return false }
        timer?.cancel()
        performance.hold?.end()
        let now = clock.now
        timeline.stamp(.released(after: now - since, reason: reason), at: now)
        return true
    }

    // MARK: Ending

    private func end(_ ending: Ending, _ faults: [FaultID]) {
        // An ending that is visible on the wire follows all bytes before it. Only a complete answer may wait for the
        // end of the event loop's turn.
        if ending != .keepAlive { stage.flush() }
        if let feed = performance.feed, pump == nil { return pour(feed, before: ending, faults) }
        switch ending {
        case .keepAlive:
            stage.complete()
            settle(ending, faults)
        case .fin, .halfClose: settle(ending, faults)
        case .stream where stage.hasStreams: settle(ending, faults)
        case .reset: reset(faults)
        case .hang(let duration): hang(ending, duration, faults)
        case .cut where stage.canBeCut: settle(ending, faults)
        case .cut, .stream:
            // A scenario with such a fault is refused when the scenario is loaded. A fault of this kind that a request orders arrives here,
            // and must not count as delivered.
            miss(
                faults,
                ending == .cut
                    ? "the connection has no TLS; use fin or reset, which need no TLS" : "HTTP/1 has no streams")
            settle(.fin, [])
        }
    }

    /// Ends the script after its feed has ended.
    private func pour(_ feed: any Feed, before ending: Ending, _ faults: [FaultID]) {
        state = .waiting(nil)
        let pump = FeedPump(feed, to: stage, on: channel) { self.end($0 ?? ending, faults) }
        self.pump = pump
        if isPeerGone { pump.peerClosed() } else if !mayHang { pump.windDown() }
        pump.start()
    }

    private func settle(_ ending: Ending, _ faults: [FaultID]) {
        taken == written ? finish(ending, faults) : (state = .settling(ending, faults: faults))
    }

    private func reset(_ faults: [FaultID]) {
        state = .resetting(faults: faults)
        awaitAcknowledgement(until: clock.now.advanced(by: limits.acknowledgeDeadline)) { lost in
            if lost > 0 {
                self.hasLoss = true
                self.timeline.stamp(.lost(bytes: lost), at: self.clock.now)
            }
            self.miss(self.pendingFaults.map(\.id), "the client did not read the bytes before the fault")
            self.finish(.reset, faults)
        }
    }

    private func hang(_ ending: Ending, _ duration: Duration?, _ faults: [FaultID]) {
        for fault in faults { deliver(fault) }
        guard mayHang, !isPeerGone else { return finish(ending, []) }
        state = .hanging(ending)
        guard let duration else { return }
        wake(at: machine.due.advanced(by: duration)) { self.finish(ending, []) }
    }

    private func finish(_ ending: Ending, _ faults: [FaultID]) {
        for fault in faults { deliver(fault) }
        timeline.stamp(.ended(ending), at: clock.now)
        leave(ending)
    }

    private func leave(_ ending: Ending?) {
        state = .ended
        if let pump { pump.stop() } else { performance.feed?.close() }
        performance.hold?.end()
        timer?.cancel()
        pending = nil
        if let watcher { performance.clock?.unwatch(watcher) }
        stage.ended(self, ending)
    }

    private func miss(_ faults: [FaultID], _ reason: String) {
        for id in faults { timeline.stamp(.faultMissed(id, reason: reason), at: clock.now) }
    }
}

// MARK: - External events

extension ScriptPlayer {
    /// Called when bytes of a further request have arrived.
    func nextRequestBegan() {
        if case .waiting(.nextRequestByte) = state { resume() }
    }

    /// The peer has closed its side. The answer continues, because some clients half-close at the end of a request.
    func peerClosed() {
        guard !isPeerGone else { return }
        isPeerGone = true
        timeline.stamp(.peerGone(reason: "closed its side"), at: clock.now)
        pump?.peerClosed()
        switch state {
        case .held: release("the client closed its side")
        case .hanging(let ending): finish(ending, [])
        case .waiting(.peerGone), .waiting(.nextRequestByte): resume()
        default: break
        }
    }

    /// The connection is gone. The rest of the script is not played.
    func connectionLost(_ reason: String) {
        if case .ended = state { return }
        if !isPeerGone {
            isPeerGone = true
            timeline.stamp(.peerGone(reason: reason), at: clock.now)
        }
        abandon("the client had disconnected")
    }

    /// The server is stopping: hangs and endless feeds end now, and no new one begins.
    func stopHanging() {
        mayHang = false
        pump?.windDown()
        switch state {
        case .held: release("the server is stopping")
        case .hanging(let ending): finish(ending, [])
        case .waiting(.peerGone), .waiting(.nextRequestByte): resume()
        default: break
        }
    }

    /// The number of the script's bytes that have been sent; nil if the script is not waiting for the time of its next
    /// bytes.
    var sent: Int? { if case .waiting(nil) = state, pending != nil { reached } else { nil } }

    /// Skips the rest of a script that waits for its next bytes, except for its ending.
    func stop() {
        guard sent != nil else { return }
        timer?.cancel()
        pending = nil
        machine.skipToEnding()
        play()
    }

    /// The server must stop now, or the ending of another answer has ended the connection.
    /// - Parameter ending: the end of a script that lasts as long as its connection; nil for a script that is cut off.
    func cut(_ reason: String = "the server was stopped", ending: Ending? = nil) {
        if case .ended = state { return }
        abandon(reason, ending)
    }

    private func abandon(_ reason: String, _ ending: Ending? = nil) {
        miss(pendingFaults.map(\.id), reason)
        switch state {
        case .held(let since): timeline.stamp(.released(after: clock.now - since, reason: reason), at: clock.now)
        case .hanging(let ending): return finish(ending, [])
        case .settling(_, let faults), .resetting(let faults): miss(faults, reason)
        default: break
        }
        miss(machine.remainingFaults, reason)
        if let ending { timeline.stamp(.ended(ending), at: clock.now) }
        leave(nil)
    }
}
