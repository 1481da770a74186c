import NIOCore
import NIOHTTP1
import SparringExchange
import SparringWire

/// One connection: collects requests, has them answered in order, plays the answers, and leaves as each script says.
final class ConnectionHandler: ChannelInboundHandler, ServedConnection {
    typealias InboundIn = HTTPServerRequestPart

    let number: Int
    let channel: any Channel
    let outbox: Outbox
    let decider: Decider
    private let clock: MonotonicClock
    let limits: Limits
    let connections: ConnectionSet
    let gate: ConnectionGate?
    var assembler: RequestAssembler
    var arrivals = CircularBuffer<Arrival>(initialCapacity: 1)
    var player: ScriptPlayer?
    /// Of the request that is coming, where its body is not collected.
    var diversion: Diversion?
    /// The body of the request that is being answered, where that began before all of it had come.
    var upload: BodyFlow?
    var departure: Departure
    var phase = Phase.serving
    /// When the latest bytes came.
    private var latest: Moment
    /// Bounds the time that the rest of a request may take.
    private var deadline: Scheduled<Void>?
    var isInputClosed = false
    private var isReading = true
    var scriptReads = true
    var isUploadStalled = false
    var mayContinue = true
    /// Set while a large body is with the thread pool.
    var isDeciding = false
    /// Set while the arrivals are worked through: an answer that is complete at once must not recurse into the next.
    private var isServing = false
    var isStopping = false
    var isRemoved = false

    enum Phase {
        case serving
        /// No further input is taken; what has arrived is answered, then the connection is left.
        case lastAnswers
        /// Our side is shut, or the connection closed.
        case leaving
    }

    /// What waits for its answer.
    enum Arrival {
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
        assembler = RequestAssembler(limits: limits, offersAll: responder.mayPassOn)
        departure = Departure(channel: channel, drainDeadline: limits.drainDeadline, gate: gate)
        latest = clock.now
    }

    // MARK: Input

    /// Called for every piece of input, before it is looked at.
    func bytesCame() { latest = clock.now }

    /// The next bytes for the decoder. Nil when there are none; bytes that nobody wants any more never reach it.
    func nextPiece(of bytes: inout ByteBuffer) -> ByteBuffer? {
        guard bytes.readableBytes > 0 else { return nil }
        if !isUploading { player?.nextRequestBegan() }
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
        case .large(let request):
            if case .head(let head) = part { strike(head) }
            if phase == .serving { offer(request) }
        case .bytes(let bytes):
            diversion?.receive(bytes)
            updateReading()
        case .complete(let request, let timeline, let isLast):
            cancelDeadline()
            // The client has announced it, with `Connection: close` or HTTP/1.0, or offers another protocol.
            if isLast { phase = .lastAnswers }
            let diversion = self.diversion
            self.diversion = nil
            switch diversion {
            case .intake(let pump): arrive(.form(request, timeline, pump))
            // It arrived when it began.
            case .upload(let flow):
                flow.finish(at: latest)
                updateReading()
            case nil: arrive(.request(request, timeline))
            }
        }
    }

    // MARK: The rest of a request

    /// Whether an answer is under way whose request has not come to its end.
    var isUploading: Bool { upload.map { $0.endedAt == nil } ?? false }

    /// They are never answered.
    func forgetArrivals() {
        for case .form(_, _, let pump) in arrivals { pump.abandon() }
        arrivals.removeAll()
    }

    func dropDiversion() {
        diversion?.abandon()
        diversion = nil
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

    func cancelDeadline() {
        deadline?.cancel()
        deadline = nil
    }

    /// Tells a client that waits for it to send the body; not before the answers to earlier requests are out.
    func sayContinue() {
        guard assembler.awaitsContinue, mayContinue, phase == .serving, !isBusy || isUploading else { return }
        assembler.continued()
        channel.writeAndFlush(InterimResponse.bytes(100, channel.allocator), promise: nil)
    }

    func reject(_ problem: RequestProblem) {
        guard phase == .serving else { return }
        cancelDeadline()
        dropDiversion()
        phase = .lastAnswers
        let (head, timeline) = assembler.partial
        guard isUploading, let player else { return arrive(.problem(problem, head: head, timeline)) }
        // Nobody can be told in the middle of an answer.
        if !player.hasWritten { arrivals.append(.problem(problem, head: head, timeline)) }
        player.cut()
    }

    func updateReading() {
        let wanted =
            phase == .leaving
            || (scriptReads && !isUploadStalled && !(diversion?.isFull ?? false)
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

    var isBusy: Bool { player != nil || isDeciding || !arrivals.isEmpty }

    func arrive(_ arrival: Arrival) {
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
        if let body = request.upload { upload = body as? BodyFlow }
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
    func afterAnswer() {
        guard player == nil else { return }
        serve()
        updateReading()
        sayContinue()
        if isRemoved { connections.remove(number) }
    }

    func leave(_ ending: Ending) {
        phase = .leaving
        forgetArrivals()
        cancelDeadline()
        dropDiversion()
        guard channel.isActive else { return }
        departure.begin(ending, isInputClosed: isInputClosed, isHurried: isStopping && !assembler.hasBegun)
        updateReading()
    }
}
