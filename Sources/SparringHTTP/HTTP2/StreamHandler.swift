import NIOCore
import NIOHPACK
import NIOHTTP2
import SparringExchange
import SparringWire

/// One stream of a connection of HTTP/2: collects its request, has it answered, plays the answer. What `ConnectionHandler` is to HTTP/1.
/// Lives on the connection's event loop.
final class StreamHandler: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload

    /// Odd, as clients' are.
    let number: Int
    private let connection: HTTP2Connection
    private let channel: any Channel
    private let writer: StreamWriter
    private var request: StreamRequest
    private var pump: IntakePump?
    private var player: ScriptPlayer?
    private var phase = Phase.receiving
    /// Bounds the time between two pieces of the request's body.
    private var deadline: Scheduled<Void>?
    private var scriptReads = true
    private var mayContinue = true
    /// What has come of an upload that is stalled; nil where none is.
    private var kept: [HTTP2Frame.FramePayload]?
    private var isRequestWhole = false
    /// The client has reset it, or its connection is no more.
    private var isGone = false
    private var isClosed = false

    private enum Phase {
        case receiving
        /// What may still come of the request is not wanted.
        case answering
        /// With the thread pool.
        case deciding
        case over
    }

    init(_ number: Int, of connection: HTTP2Connection, on channel: any Channel) {
        self.number = number
        self.connection = connection
        self.channel = channel
        request = StreamRequest(limits: connection.limits)
        writer = StreamWriter(channel)
    }

    // MARK: The request

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let payload = unwrapInboundIn(data)
        if kept != nil { kept?.append(payload) } else { take(payload) }
    }

    private func take(_ payload: HTTP2Frame.FramePayload) {
        guard case .receiving = phase else { return }
        switch payload {
        case .headers(let block) where request.head == nil: begin(block.headers, isWhole: block.endStream)
        // Trailers; nobody asks for them.
        case .headers(let block): if block.endStream { end() }
        case .data(let data):
            guard case .byteBuffer(let bytes) = data.data else { return }
            add(bytes)
            if data.endStream { end() }
        default: break
        }
    }

    private func begin(_ fields: HPACKHeaders, isWhole: Bool) {
        if let problem = request.begin(fields, at: connection.clock.now) { return reject(problem) }
        strike(expectsBody: !isWhole)
        guard case .receiving = phase else { return }
        if isWhole { return end() }
        if request.mayBeDiverted { offer() }
        sayContinue()
        guardRest()
    }

    private func add(_ bytes: ByteBuffer) {
        if let problem = request.add(bytes) { return reject(problem) }
        pump?.receive(bytes)
        updateReading()
        guardRest()
    }

    private func end() {
        guard case .receiving = phase else { return }
        isRequestWhole = true
        deadline?.cancel()
        if let problem = request.end(at: connection.clock.now) { return reject(problem) }
        guard let whole = request.head else { return }
        if let pump {
            phase = .deciding
            var whole = whole
            whole.intake = pump.intake
            return pump.finish { [whole] in self.decideElsewhere(whole) }
        }
        guard connection.decider.mayTakeLong(whole) else { return perform(connection.decider.answer(to: whole)) }
        decideElsewhere(whole)
    }

    private func reject(_ problem: RequestProblem) {
        guard case .receiving = phase else { return }
        pump?.abandon()
        pump = nil
        perform(connection.decider.answer(to: problem, head: request.head))
    }

    /// Asks who wants to take the body of a form as it comes.
    private func offer() {
        guard let head = request.head else { return }
        let intake = connection.decider.responder.intake(for: head)
        if let problem = request.divert(limit: intake?.limit) { return reject(problem) }
        pump = intake.map { IntakePump($0, eventLoop: channel.eventLoop) { [weak self] in self?.updateReading() } }
    }

    private func guardRest() {
        deadline?.cancel()
        guard case .receiving = phase, kept == nil, !(pump?.isFull ?? false) else { return }
        deadline = after(connection.limits.bodyDeadline) { self.reject(.timeout) }
    }

    private func sayContinue() {
        guard request.awaitsContinue, mayContinue, case .receiving = phase else { return }
        request.continued()
        writer.writeInterim(100, promise: nil)
        writer.flush()
    }

    /// A stream that is not read gets no WINDOW_UPDATE: its client stops when its window is used up.
    private func updateReading() {
        let wanted = scriptReads && kept == nil && !(pump?.isFull ?? false)
        guard let options = channel.syncOptions, (try? options.getOption(.autoRead)) != wanted else { return }
        try? options.setOption(.autoRead, value: wanted)
        if wanted {
            guardRest()
            channel.read()
        } else {
            deadline?.cancel()
        }
    }

    @discardableResult
    private func after(_ wait: Duration, _ task: @escaping () -> Void) -> Scheduled<Void> {
        channel.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(wait.wholeNanoseconds), task)
    }

    // MARK: Between head and body

    private func strike(expectsBody: Bool) {
        let responder = connection.decider.responder
        guard let head = request.head,
            responder.looksAtHead(head.target, ordersFaults: head.headers.contains("x-sparring-fault"))
        else { return }
        for (fault, strike) in responder.strikes(at: head) {
            guard case .receiving = phase else { return }
            let missed = strike.obstacle(awaitsContinue: request.awaitsContinue, expectsBody: expectsBody)
            request.strike(Request.Struck(fault, missed: missed))
            if missed == nil { carryOut(strike) }
        }
    }

    private func carryOut(_ strike: RequestStrike) {
        switch strike {
        case .earlyAnswer, .refuseContinue:
            if let head = request.head { perform(connection.decider.answer(early: head)) }
        case .lateContinue(let wait):
            mayContinue = false
            after(wait) {
                self.mayContinue = true
                self.sayContinue()
            }
        case .stalledUpload(let wait):
            kept = []
            updateReading()
            after(wait) { self.release() }
        }
    }

    private func release() {
        let payloads = kept ?? []
        kept = nil
        for payload in payloads { take(payload) }
        updateReading()
    }

    // MARK: The answer

    private func decideElsewhere(_ whole: Request) {
        phase = .deciding
        connection.decider.answerElsewhere(to: whole) {
            self.perform($0)
            self.leaveIfOver()
        }
    }

    private func perform(_ performance: consuming Performance) {
        phase = .answering
        deadline?.cancel()
        var timeline = request.timeline
        timeline.entries += performance.exchange.timeline.entries
        timeline.stamp(.decided, at: connection.clock.now)
        let player = ScriptPlayer(
            performance, channel: channel, clock: connection.clock, limits: connection.limits, timeline: timeline,
            stage: self)
        self.player = player
        writer.whenFailed = { [weak self] in self?.failed($0) }
        if connection.isStopping { player.stopHanging() }
        if connection.isInputClosed { player.peerClosed() }
        guard !isClosed else { return player.connectionLost("was gone") }
        player.play()
    }

    private func failed(_ error: any Error) {
        guard let error = error as? AnswerHead.Failure else {
            return lost(StreamWriter.words(error))
        }
        player?.cut(error.description)
    }

    /// The connection keeps a stream until both sides have done with it.
    private func leaveIfOver() {
        guard isClosed, player == nil else { return }
        if case .deciding = phase { return }
        connection.closed(self)
    }
}

// MARK: - The script's stage

extension StreamHandler: ScriptStage {
    var canBeCut: Bool { connection.canBeCut }
    var hasStreams: Bool { true }

    /// Whether a later stream has begun.
    var hasNextRequestByte: Bool { connection.lastStream > number }

    var unacknowledgedBytes: Int? { connection.bytesOnTheWay.map { $0 + writer.waitingBytes } }

    func write(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>) { writer.write(bytes, promise: promise) }

    func writeInterim(_ status: Int, promise: EventLoopPromise<Void>) {
        writer.writeInterim(status, promise: promise)
        writer.flush()
    }

    func write(_ frames: ConnectionFrames, promise: EventLoopPromise<Void>) {
        writer.flush()
        connection.write(frames, from: number, promise: promise)
    }

    func flush() { writer.flush() }

    func complete() { writer.end() }

    func setReading(_ isOn: Bool) {
        scriptReads = isOn
        updateReading()
    }

    func ended(_ player: ScriptPlayer, _ ending: Ending?) {
        self.player = nil
        phase = .over
        // As on a connection of HTTP/1: who sees the end finds it reported, but for a reset that loses bytes.
        if player.hasLoss { connection.leave(.reset, after: self) }
        connection.decider.responder.ended(player.performance, timeline: player.timeline)
        switch ending {
        case nil: if !connection.isLeaving { writer.reset(.internalError) }
        // Whoever has its answer need not send the rest of the request (RFC 9113 §8.1).
        case .keepAlive?: if !isRequestWhole { writer.reset(.noError) }
        case .stream(let code)?: writer.reset(HTTP2ErrorCode(networkCode: Int(code)))
        // The client was the one to lose patience, or the server.
        case .hang? where isGone || connection.isStopping: writer.reset(.cancel)
        case let ending?: if !player.hasLoss { connection.leave(ending, after: self) }
        }
        leaveIfOver()
    }
}

// MARK: - What happens from outside

extension StreamHandler {
    /// The server is stopping: a request that is not complete will not be.
    func quiesce() {
        if let player { return player.stopHanging() }
        guard case .receiving = phase else { return }
        drop()
        writer.reset(.refusedStream)
    }

    /// The connection is left, or the server stops now.
    func cut(_ reason: String) {
        player?.cut(reason)
        drop()
    }

    /// The connection is no more.
    func lost(_ reason: String) {
        isGone = true
        player?.connectionLost(reason)
    }

    func peerClosed() { player?.peerClosed() }

    /// A stream has begun after this one.
    func laterBegan() { player?.nextRequestBegan() }

    private func drop() {
        deadline?.cancel()
        guard case .receiving = phase else { return }
        phase = .over
        pump?.abandon()
        pump = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        isClosed = true
        drop()
        // What is complete has been handed over: whether it arrives is for its promise to tell.
        if !writer.hasEnded { lost("closed the connection") }
        leaveIfOver()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        lost(StreamWriter.words(error))
    }
}
