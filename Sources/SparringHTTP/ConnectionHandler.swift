import NIOCore
import NIOHTTP1
import NIOSSL
import NIOTLS
import SparringExchange
import SparringWire

/// One connection: collects requests, has them answered in order, plays the answers, and leaves as each script says.
final class ConnectionHandler: ChannelInboundHandler, ServedConnection {
    typealias InboundIn = HTTPServerRequestPart

    private let number: Int
    private let channel: any Channel
    private let outbox: Outbox
    private let decider: Decider
    private let clock: MonotonicClock
    private let limits: Limits
    private let connections: ConnectionSet
    private let gate: ConnectionGate?
    private var assembler: RequestAssembler
    private var arrivals = CircularBuffer<Arrival>(initialCapacity: 1)
    private var player: ScriptPlayer?
    /// Of the request that is coming, where its body is taken as it comes.
    private var pump: IntakePump?
    private var departure: Departure
    private var phase = Phase.serving
    /// When the latest bytes came.
    private var latest: Moment
    /// Bounds the time that the rest of a request may take.
    private var deadline: Scheduled<Void>?
    private var isInputClosed = false
    private var isReading = true
    private var scriptReads = true
    private(set) var isUploadStalled = false
    private var mayContinue = true
    /// Set while a large body is with the thread pool.
    private var isDeciding = false
    /// Set while the arrivals are worked through: an answer that is complete at once must not recurse into the next.
    private var isServing = false
    private var isStopping = false
    private var isRemoved = false

    private enum Phase {
        case serving
        /// No further input is taken; what has arrived is answered, then the connection is left.
        case lastAnswers
        /// Our side is shut, or the connection closed.
        case leaving
    }

    /// What waits for its answer.
    private enum Arrival {
        case request(Request, Timeline)
        /// What takes its body may not have taken all of it yet.
        case form(Request, Timeline, IntakePump)
        case problem(RequestProblem, head: Request?, Timeline)
        /// It is answered without its body.
        case early(Request, Timeline)
    }

    init(
        number: Int, channel: any Channel, outbox: Outbox, responder: any Responder, clock: MonotonicClock,
        limits: Limits, connections: ConnectionSet, gate: ConnectionGate?
    ) {
        self.number = number
        self.channel = channel
        self.outbox = outbox
        decider = Decider(responder: responder, connection: number, clock: clock, eventLoop: channel.eventLoop)
        self.clock = clock
        self.limits = limits
        self.connections = connections
        self.gate = gate
        assembler = RequestAssembler(limits: limits)
        departure = Departure(channel: channel, drainDeadline: limits.drainDeadline, gate: gate)
        latest = clock.now
    }

    // MARK: Input

    /// Called for every piece of input, before it is looked at.
    func bytesCame() { latest = clock.now }

    /// The next bytes for the decoder. Nil when there are none; bytes that nobody wants any more never reach it.
    func nextPiece(of bytes: inout ByteBuffer) -> ByteBuffer? {
        guard bytes.readableBytes > 0 else { return nil }
        player?.nextRequestBegan()
        guard phase == .serving, !isUploadStalled else { return nil }
        switch assembler.nextPiece(of: &bytes, at: latest) {
        case .decode(let piece): return piece
        case .problem(let problem):
            reject(problem)
            return nil
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard phase == .serving else { return }
        let part = unwrapInboundIn(data)
        switch assembler.add(part, at: latest) {
        case .incomplete: if case .head(let head) = part { strike(head) }
        case .problem(let problem): reject(problem)
        case .form(let form):
            if case .head(let head) = part { strike(head) }
            if phase == .serving { offer(form) }
        case .bytes(let bytes):
            pump?.receive(bytes)
            updateReading()
        case .complete(let request, let timeline, let isLast):
            cancelDeadline()
            // The client has announced it, with `Connection: close` or HTTP/1.0, or offers another protocol.
            if isLast { phase = .lastAnswers }
            if let pump {
                self.pump = nil
                arrive(.form(request, timeline, pump))
            } else {
                arrive(.request(request, timeline))
            }
        }
    }

    // MARK: Between head and body

    /// Has done what is ordered for the time before the body.
    private func strike(_ head: HTTPRequestHead) {
        guard decider.responder.looksAtHead(head.uri, ordersFaults: head.headers.contains(name: "x-sparring-fault")),
            let request = assembler.partial.head
        else { return }
        for (fault, strike) in decider.responder.strikes(at: request) where phase == .serving {
            let missed = carryOut(strike)
            assembler.strike(Request.Struck(fault, missed: missed))
            if missed == nil, strike.isAnswer { answerEarly() }
        }
    }

    /// - Returns: why it cannot be done.
    private func carryOut(_ strike: RequestStrike) -> String? {
        switch strike {
        case .earlyAnswer: return nil
        case .refuseContinue: return assembler.awaitsContinue ? nil : "the client has not asked whether to go on"
        case .lateContinue(let wait):
            guard assembler.awaitsContinue else { return "the client has not asked whether to go on" }
            mayContinue = false
            after(wait) {
                self.mayContinue = true
                self.sayContinue()
            }
        case .stalledUpload(let wait):
            guard assembler.expectsBody else { return "the request has no body" }
            isUploadStalled = true
            updateReading()
            after(wait) {
                self.isUploadStalled = false
                self.channel.pipeline.fireUserInboundEventTriggered(InboundTap.Release())
                self.updateReading()
            }
        }
        return nil
    }

    private func after(_ wait: Duration, _ task: @escaping () -> Void) {
        channel.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(wait.wholeNanoseconds), task)
    }

    private func answerEarly() {
        let (head, timeline) = assembler.partial
        guard let head else { return }
        cancelDeadline()
        phase = .lastAnswers
        arrive(.early(head, timeline))
    }

    /// Asks who wants to take the body of a form as it comes.
    private func offer(_ head: Request) {
        let intake = decider.responder.intake(for: head)
        if let problem = assembler.divert(limit: intake?.limit) { return reject(problem) }
        pump = intake.map { IntakePump($0, eventLoop: channel.eventLoop) { [weak self] in self?.updateReading() } }
    }

    /// They are never answered.
    private func forgetArrivals() {
        for case .form(_, _, let pump) in arrivals { pump.abandon() }
        arrivals.removeAll()
    }

    private func dropPump() {
        pump?.abandon()
        pump = nil
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        sayContinue()
        guardRest()
    }

    /// A request that has begun and is not complete is on the clock: its head as a whole, its body from piece to piece.
    private func guardRest() {
        guard phase == .serving, isReading, assembler.hasBegun else { return }
        if assembler.hasHead { cancelDeadline() }
        guard deadline == nil else { return }
        let time = assembler.hasHead ? limits.bodyDeadline : limits.headDeadline
        deadline = channel.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(time.wholeNanoseconds)) {
            self.reject(.timeout)
        }
    }

    private func cancelDeadline() {
        deadline?.cancel()
        deadline = nil
    }

    /// Tells a client that waits for it to send the body; not before the answers to earlier requests are out.
    private func sayContinue() {
        guard assembler.awaitsContinue, mayContinue, phase == .serving, !isBusy else { return }
        assembler.continued()
        channel.writeAndFlush(InterimResponse.bytes(100, channel.allocator), promise: nil)
    }

    private func reject(_ problem: RequestProblem) {
        guard phase == .serving else { return }
        cancelDeadline()
        dropPump()
        phase = .lastAnswers
        let (head, timeline) = assembler.partial
        arrive(.problem(problem, head: head, timeline))
    }

    private func updateReading() {
        let wanted =
            phase == .leaving
            || (scriptReads && !isUploadStalled && !(pump?.isFull ?? false)
                && arrivals.count < limits.pipelinedRequests)
        guard wanted != isReading else { return }
        isReading = wanted
        try? channel.syncOptions?.setOption(.autoRead, value: wanted)
        if wanted {
            guardRest()
            channel.read()
        } else {
            // A client cannot be late while nobody listens.
            cancelDeadline()
        }
    }

    // MARK: Answers

    private var isBusy: Bool { player != nil || isDeciding || !arrivals.isEmpty }

    private func arrive(_ arrival: Arrival) {
        arrivals.append(arrival)
        serve()
        updateReading()
    }

    /// Answers what has arrived, until an answer takes time.
    private func serve() {
        guard !isServing else { return }
        isServing = true
        defer { isServing = false }
        while phase != .leaving, player == nil, !isDeciding {
            switch arrivals.popFirst() {
            case .request(let request, let timeline): decide(request, timeline)
            case .form(let request, let timeline, let pump): decide(request, timeline, takenBy: pump)
            case .early(let head, let timeline): perform(decider.answer(early: head), timeline)
            case .problem(let problem, let head, let timeline):
                perform(decider.answer(to: problem, head: head), timeline)
            case nil:
                if phase == .lastAnswers || isInputClosed { leave(.fin) }
                return
            }
        }
    }

    private func decide(_ request: Request, _ timeline: Timeline) {
        guard decider.mayTakeLong(request) else { return perform(decider.answer(to: request), timeline) }
        decideElsewhere(request, timeline)
    }

    /// The answer is decided when all of the body has been taken.
    private func decide(_ request: Request, _ timeline: Timeline, takenBy pump: IntakePump) {
        var request = request
        request.intake = pump.intake
        isDeciding = true
        pump.finish { [request] in self.decideElsewhere(request, timeline) }
    }

    private func decideElsewhere(_ request: Request, _ timeline: Timeline) {
        isDeciding = true
        decider.answerElsewhere(to: request) {
            self.isDeciding = false
            self.perform($0, timeline)
            self.afterAnswer()
        }
    }

    private func perform(_ performance: consuming Performance, _ timeline: consuming Timeline) {
        timeline.entries += performance.exchange.timeline.entries
        timeline.stamp(.decided, at: clock.now)
        let player = ScriptPlayer(
            performance, channel: channel, clock: clock, limits: limits, timeline: timeline, stage: self)
        self.player = player
        if isStopping { player.stopHanging() }
        if isInputClosed { player.peerClosed() }
        guard channel.isActive else { return player.connectionLost("the connection was closed") }
        player.play()
    }

    /// When an answer has come to its end later than its request: the next, the rest, or good-bye.
    private func afterAnswer() {
        guard player == nil else { return }
        serve()
        updateReading()
        sayContinue()
        if isRemoved { connections.remove(number) }
    }

    private func leave(_ ending: Ending) {
        phase = .leaving
        forgetArrivals()
        cancelDeadline()
        dropPump()
        guard channel.isActive else { return }
        departure.begin(ending, isInputClosed: isInputClosed, isHurried: isStopping && !assembler.hasBegun)
        updateReading()
    }
}

// MARK: - The script's stage

extension ConnectionHandler: ScriptStage {
    var canBeCut: Bool { gate?.isTLS ?? false }
    var hasStreams: Bool { false }

    func write(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>) {
        outbox.write(bytes, to: channel, promise: promise)
    }

    func writeInterim(_ status: Int, promise: EventLoopPromise<Void>) {
        write(InterimResponse.bytes(status, channel.allocator), promise: promise)
    }

    /// No script that was written for HTTP/1 has any.
    func write(_ frames: ConnectionFrames, promise: EventLoopPromise<Void>) { promise.succeed() }

    func flush() { channel.flush() }

    /// The framing of HTTP/1 is in its bytes.
    func complete() {}

    var unacknowledgedBytes: Int? { SendQueue.bytesOnTheWay(of: channel) }

    var hasNextRequestByte: Bool { assembler.hasBegun || !arrivals.isEmpty }

    func setReading(_ isOn: Bool) {
        scriptReads = isOn
        updateReading()
    }

    func ended(_ player: ScriptPlayer, _ ending: Ending?) {
        self.player = nil
        scriptReads = true
        // A client that is told of an ending finds it reported. Only a loss is reported after the reset: as long as the connection
        // is there, a client that begins to read can still save bytes that were counted as lost.
        if player.hasLoss { leave(.reset) }
        decider.responder.ended(player.performance, timeline: player.timeline)
        if let ending, ending != .keepAlive, !player.hasLoss { leave(ending) }
        afterAnswer()
    }
}

// MARK: - The end of the connection

extension ConnectionHandler {
    /// The server is stopping: idle connections and hanging answers end now, finite answers may finish.
    func quiesce() {
        isStopping = true
        forgetArrivals()
        dropPump()
        switch phase {
        case .leaving: departure.hurry()
        case .serving, .lastAnswers:
            phase = .lastAnswers
            cancelDeadline()
            if let player { player.stopHanging() } else if !isDeciding { departure.closeNow() }
        }
    }

    /// The server's patience is over.
    func cut() {
        phase = .leaving
        player?.cut()
        departure.closeNow()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { inputClosed() }
        if let gate, case TLSUserEvent.handshakeCompleted = event, !gate.secured() { phase = .leaving }
        context.fireUserInboundEventTriggered(event)
    }

    private func inputClosed() {
        isInputClosed = true
        cancelDeadline()
        if let player { player.peerClosed() } else if !isBusy { departure.closeNow() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        phase = .leaving
        cancelDeadline()
        dropPump()
        player?.connectionLost("closed the connection")
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        isRemoved = true
        // A large body that is still being decided keeps its connection on the books, so that a stopping server waits for it.
        if !isDeciding { connections.remove(number) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case let error as HTTPParserError:
            reject(error == .headerOverflow ? .headTooLarge(limit: limits.headBytes) : .malformed(error.words))
        // Who closes so has closed all the same, and that is told apart.
        case NIOSSLError.uncleanShutdown: break
        default:
            gate?.failed("broke the connection: \(TLSWords.ofServer(error))")
            phase = .leaving
            player?.connectionLost("broke the connection: \(error)")
            departure.closeNow()
        }
    }
}

extension HTTPParserError {
    /// What the parser objected to, for people.
    fileprivate var words: String {
        switch self {
        case .invalidMethod: "the method is unknown"
        case .invalidURL: "the request target is malformed"
        // The parser pauses at the preface of HTTP/2.
        case .invalidVersion, .paused: "the version is not HTTP/1.0 or HTTP/1.1"
        case .invalidHeaderToken: "a header line is malformed"
        case .invalidContentLength, .unexpectedContentLength: "Content-Length is malformed or repeated"
        case .invalidChunkSize: "a chunk size is malformed"
        case .invalidEOFState, .closedConnection: "the request was cut short"
        // The parser has more reasons than names for them; a length beside chunks is one without.
        default: "it is not well-formed HTTP/1.1"
        }
    }
}
