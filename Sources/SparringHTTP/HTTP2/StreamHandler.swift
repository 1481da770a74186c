import NIOCore
import NIOHPACK
import NIOHTTP2
import SparringExchange
import SparringWire

/// One stream of an HTTP/2 connection: collects its request, answers it, and plays the answer. The counterpart of
/// `ConnectionHandler` for HTTP/1. Lives on the connection's event loop.
final class StreamHandler: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload

    /// The number is odd, because clients open streams with odd numbers.
    let number: Int
    private let connection: HTTP2Connection
    private let channel: any Channel
    private let writer: StreamWriter
    private var request: StreamRequest
    private var pump: UploadPump?
    private var player: ScriptPlayer?
    private var progress = RequestProgress()
    /// Limits the time between two pieces of the request's body.
    private var deadline: Scheduled<Void>?
    /// The frames of a stalled upload.
    private var kept: [HTTP2Frame.FramePayload] = []
    /// True if the client has reset the stream, or the connection is gone.
    private var isGone = false
    private var isClosed = false

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
        if progress.isStalled { kept.append(payload) } else { take(payload) }
    }

    private func take(_ payload: HTTP2Frame.FramePayload) {
        guard progress.isComing else { return }
        switch payload {
        case .headers(let block) where request.head == nil: begin(block.headers, isWhole: block.endStream)
        // Ignores trailers.
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
        guard let head = request.head else { return }
        let hasLongBody = request.hasLongBody
        let plan = connection.decider.responder.plan(for: head, hasLongBody: hasLongBody)
        var intake: (any BodyIntake)?
        if hasLongBody, case .intake(let wanted) = plan.body { intake = wanted }
        if intake == nil, let problem = request.problem(limit: nil) { return reject(problem) }
        _ = progress.event(
            .head(expectsContinue: request.expectsContinue, expectsBody: !isWhole, mayBlock: plan.mayBlock))
        for (fault, strike) in plan.faults where progress.isComing { apply(fault, strike) }
        guard progress.isComing else { return }
        if isWhole { return end() }
        if let intake { take(with: intake) }
        sayContinue()
        guardRest()
    }

    private func add(_ bytes: ByteBuffer) {
        _ = progress.event(.bytes)
        if let problem = request.add(bytes) { return reject(problem) }
        pump?.receive(bytes)
        updateReading()
        guardRest()
    }

    private func end() {
        guard progress.event(.end) == .arrive else { return }
        deadline?.cancel()
        if let problem = request.end(at: connection.clock.now) { return reject(problem) }
        guard var whole = request.head else { return }
        whole.intake = pump?.intake
        answer(.complete(whole))
    }

    private func reject(_ problem: RequestProblem) {
        guard progress.event(.problem) == .arrive else { return }
        pump?.abandon()
        pump = nil
        answer(.invalid(problem, head: request.head))
    }

    /// Passes the body to the intake as it arrives.
    private func take(with intake: any BodyIntake) {
        if let problem = request.problem(limit: intake.limit) { return reject(problem) }
        request.divert(limit: intake.limit)
        _ = progress.event(.intake)
        pump = UploadPump(intake, eventLoop: channel.eventLoop) { [weak self] in self?.updateReading() }
    }

    private func guardRest() {
        deadline?.cancel()
        guard progress.isComing, !progress.isStalled, !(pump?.isFull ?? false) else { return }
        deadline = channel.eventLoop.schedule(after: connection.limits.bodyDeadline) { self.reject(.timeout) }
    }

    private func sayContinue() {
        guard progress.event(.mayContinue) == .sendContinue else { return }
        writer.writeInterim(100, promise: nil)
        writer.flush()
    }

    /// A stream that the server does not read sends no WINDOW_UPDATE. The client of such a stream therefore stops when it has used up its
    /// window.
    private func updateReading() {
        let wanted = !progress.holdsInput && !(pump?.isFull ?? false)
        guard let options = channel.syncOptions, (try? options.getOption(.autoRead)) != wanted else { return }
        try? options.setOption(.autoRead, value: wanted)
        if wanted {
            guardRest()
            channel.read()
        } else {
            deadline?.cancel()
        }
    }

    // MARK: Between head and body

    private func apply(_ fault: Fault, _ strike: RequestFaultAction) {
        let missed = progress.obstacle(to: strike)
        request.strike(Request.Struck(fault, missed: missed))
        guard missed == nil else { return }
        switch progress.event(.fault(strike)) {
        case .answerEarly: if let head = request.head { answer(.head(head)) }
        case .delay(let wait):
            channel.eventLoop.schedule(after: wait) {
                _ = self.progress.event(.delayIsOver)
                self.sayContinue()
            }
        case .stall(let wait):
            updateReading()
            channel.eventLoop.schedule(after: wait) { self.release() }
        default: break
        }
    }

    private func release() {
        _ = progress.event(.stallIsOver)
        let payloads = kept
        kept = []
        for payload in payloads { take(payload) }
        updateReading()
    }

    // MARK: The answer

    private func answer(_ received: ReceivedRequest) {
        guard progress.event(.turn(isLarge: connection.decider.isLarge(received))) == .decideElsewhere else {
            return perform(connection.decider.answer(to: received))
        }
        guard let pump else { return decideElsewhere(received) }
        pump.finish { self.decideElsewhere(received) }
    }

    private func decideElsewhere(_ received: ReceivedRequest) {
        connection.decider.answerElsewhere(to: received) {
            self.perform($0)
            self.leaveIfOver()
        }
    }

    private func perform(_ performance: consuming PlannedExchange) {
        _ = progress.event(.decided)
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

    /// Removes the stream from its connection if the stream is closed and its answer has been played.
    private func leaveIfOver() {
        guard isClosed, player == nil, !progress.isDeciding else { return }
        connection.closed(self)
    }
}

// MARK: - Playing scripts

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
        _ = progress.event(.reading(isOn))
        updateReading()
    }

    func ended(_ player: ScriptPlayer, _ ending: Ending?) {
        self.player = nil
        let action = progress.event(.ended)
        // As on an HTTP/1 connection, an exchange is reported before the client can detect its end, except for a reset
        // that loses bytes.
        if player.hasLoss { connection.leave(.reset, after: self) }
        connection.decider.responder.ended(player.performance, timeline: player.timeline)
        switch ending {
        case nil: if !connection.isLeaving { writer.reset(.internalError) }
        // A client that has received its answer need not send the rest of its request (RFC 9113 §8.1).
        case .keepAlive?: if action == .leaveRest { writer.reset(.noError) }
        case .stream(let code)?: writer.reset(HTTP2ErrorCode(networkCode: Int(code)))
        // The hang was ended by the client or by the stopping server.
        case .hang? where isGone || connection.isStopping: writer.reset(.cancel)
        case let ending?: if !player.hasLoss { connection.leave(ending, after: self) }
        }
        leaveIfOver()
    }
}

// MARK: - External events

extension StreamHandler {
    /// The server is stopping. An incomplete request is dropped.
    func quiesce() {
        if let player { return player.stopHanging() }
        if drop() { writer.reset(.refusedStream) }
    }

    /// The connection ends, or the server stops now.
    func cut(_ reason: String) {
        player?.cut(reason)
        drop()
    }

    /// The connection is gone.
    func lost(_ reason: String) {
        isGone = true
        player?.connectionLost(reason)
    }

    func peerClosed() { player?.peerClosed() }

    /// A later stream has begun.
    func laterBegan() { player?.nextRequestBegan() }

    /// - Returns: whether a request was dropped that had no answer yet.
    @discardableResult
    private func drop() -> Bool {
        deadline?.cancel()
        guard progress.event(.drop) == .abandon else { return false }
        pump?.abandon()
        pump = nil
        return true
    }

    func channelInactive(context: ChannelHandlerContext) {
        isClosed = true
        drop()
        // A complete answer has been written; its promise reports whether the answer was sent.
        if !writer.hasEnded { lost("closed the connection") }
        leaveIfOver()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        lost(StreamWriter.words(error))
    }
}
