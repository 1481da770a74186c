import NIOCore
import SparringExchange
import SparringWire

/// One connection: collects requests, answers them in order, plays the answers, and ends as each script orders.
final class ConnectionHandler: ChannelInboundHandler, ServedConnection {
    typealias InboundIn = ByteBuffer

    let number: Int
    let channel: any Channel
    let outbox: FlushCoalescer
    let decider: RequestDispatcher
    let clock: MonotonicClock
    let limits: ConnectionLimits
    let connections: ConnectionSet
    let gate: ConnectionFaultHandler?
    var assembler: RequestAssembler
    /// The connection's requests in order. The first is being answered or is next; the last is arriving.
    private var requests = CircularBuffer<RequestProgress>(initialCapacity: 4)
    /// The requests that wait for answers, in the same order.
    var arrivals = CircularBuffer<Arrival>(initialCapacity: 1)
    var player: ScriptPlayer?
    /// The destination of the arriving request's body; nil if the body is collected.
    var diversion: BodyDestination?
    /// The body of the request that is being answered; nil if it had arrived completely.
    var upload: StreamingBody?
    /// Set after the answer to a handshake. From then on, the socket receives all input.
    var socket: SocketConnection?
    /// Set after the answer to a handshake that another server answers. From then on, the other server's socket receives all input.
    var tunnel: (any SocketTunnel)?
    var departure: ConnectionCloser
    var phase = Phase.serving
    /// The time at which the latest bytes arrived.
    private var latest: Moment
    /// Limits the time that the rest of a request may take to arrive.
    private var deadline: Scheduled<Void>?
    /// Ends the delay of the arriving request's 100 Continue.
    var delay: Scheduled<Void>?
    /// The bytes that came with the head of a stalled upload, or after it.
    private var stalledBytes: ByteBuffer?
    var isInputClosed = false
    private var isReading = true
    /// True while the arrived requests are being answered. Prevents recursion if an answer is complete at once.
    private var isServing = false
    var isStopping = false
    var isRemoved = false

    enum Phase {
        case serving
        /// Input is ignored. The requests that have arrived are answered, then the connection ends.
        case lastAnswers
        /// The server has shut down its side, or the connection is closed.
        case leaving
    }

    /// A request that waits for its answer.
    struct Arrival {
        var received: ReceivedRequest
        var timeline: Timeline
        /// Passes on the body; a part of it may still be queued.
        var pump: UploadPump?
    }

    init(
        number: Int, channel: any Channel, state: EventLoopState, responder: any Responder, clock: MonotonicClock,
        limits: ConnectionLimits, connections: ConnectionSet, gate: ConnectionFaultHandler?
    ) {
        self.number = number
        self.channel = channel
        outbox = state.outbox
        decider = RequestDispatcher(
            responder: responder, connection: number, clock: clock, eventLoop: channel.eventLoop,
            isTLS: gate?.isTLS ?? false)
        self.clock = clock
        self.limits = limits
        self.connections = connections
        self.gate = gate
        assembler = RequestAssembler(limits: limits, heads: state.heads)
        requests.append(RequestProgress())
        departure = ConnectionCloser(channel: channel, drainDeadline: limits.drainDeadline, gate: gate)
        latest = clock.now
    }

    // MARK: Input

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        latest = clock.now
        if stalledBytes != nil {
            stalledBytes?.writeBuffer(&bytes)
        } else {
            take(&bytes)
        }
    }

    /// Reads requests from the bytes. Bytes that are no longer needed are dropped.
    private func take(_ bytes: inout ByteBuffer) {
        while true {
            if bytes.readableBytes > 0, !isStreaming { player?.nextRequestBegan() }
            guard phase == .serving, !isStalled, let part = assembler.next(from: &bytes, at: latest) else { break }
            take(part)
        }
        if socket != nil || tunnel != nil {
            guard bytes.readableBytes > 0 else { return }
            if let socket { socket.receive(bytes) } else { tunnel(bytes) }
        } else if isStalled {
            stalledBytes = bytes
        }
    }

    private func take(_ part: RequestAssembler.Outcome) {
        switch part {
        case .head(let hasLongBody): begin(hasLongBody: hasLongBody)
        case .collected: _ = advanceLast(.bytes)
        case .bytes(let bytes):
            _ = advanceLast(.bytes)
            diversion?.receive(bytes)
            updateReading()
        case .complete(let request, let timeline, let isLast): complete(request, timeline, isLast: isLast)
        case .problem(let problem): reject(problem)
        }
    }

    /// Reads on after a stalled upload.
    func resume() {
        guard var bytes = stalledBytes else { return }
        stalledBytes = nil
        latest = clock.now
        take(&bytes)
        sayContinue()
        guardRest()
    }

    /// Rejects a request that is still incomplete when the client ends its side.
    func inputEnded() {
        guard phase == .serving, !isStalled, assembler.isIncomplete else { return }
        reject(.malformed("the request was cut short"))
    }

    private func complete(_ request: consuming Request, _ timeline: consuming Timeline, isLast: Bool) {
        cancelDeadline()
        endDelay()
        let action = advanceLast(.end)
        // The client has announced its last request, with `Connection: close` or HTTP/1.0, or it offers another
        // protocol.
        if isLast { phase = .lastAnswers } else { requests.append(RequestProgress()) }
        let diversion = self.diversion
        self.diversion = nil
        if case .upload(let flow) = diversion {
            flow.finish(at: latest)
            return updateReading()
        }
        guard action == .arrive else { return }
        guard case .intake(let pump) = diversion else {
            return arrive(Arrival(received: .complete(request), timeline: timeline))
        }
        request.intake = pump.intake
        arrive(Arrival(received: .complete(request), timeline: timeline, pump: pump))
    }

    // MARK: Progress

    /// Passes an event to the request that is arriving, or to the request that arrived last.
    func advanceLast(_ event: RequestProgress.Event) -> RequestProgress.Action {
        guard !requests.isEmpty else { return .none }
        return requests.modify(requests.index(before: requests.endIndex)) { $0.event(event) }
    }

    /// Passes an event to the request that is being answered, or to the next one.
    func advanceFirst(_ event: RequestProgress.Event) -> RequestProgress.Action {
        guard !requests.isEmpty else { return .none }
        return requests.modify(requests.startIndex) { $0.event(event) }
    }

    /// The reason why a fault has no effect on the arriving request; nil if it has an effect.
    func obstacle(to fault: RequestFaultAction) -> String? { requests.last?.obstacle(to: fault) }

    /// Whether a request is being answered whose body is still arriving.
    var isStreaming: Bool { requests.first?.isStreaming ?? false }

    var isStalled: Bool { requests.last?.isStalled ?? false }

    var isDeciding: Bool { requests.first?.isDeciding ?? false }

    var isBusy: Bool { requests.first?.hasArrived ?? false }

    /// The first request has been answered.
    /// - Returns: true if another request can follow on the connection.
    func endFirst() -> Bool {
        let action = advanceFirst(.ended)
        _ = requests.popFirst()
        return action == .next
    }

    // MARK: The rest of a request

    /// Drops the waiting requests and the arriving one. A request that is being answered stays.
    func forgetRequests() {
        for arrival in arrivals { arrival.pump?.abandon() }
        arrivals.removeAll()
        requests.removeLast(requests.count - (requests.first?.isInHand ?? false ? 1 : 0))
        dropDiversion()
    }

    func dropDiversion() {
        diversion?.abandon()
        diversion = nil
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        sayContinue()
        guardRest()
    }

    /// Limits the time for an incomplete request. The limit applies to the head as a whole, and to the time between two
    /// pieces of the body.
    private func guardRest() {
        guard phase == .serving, isReading, assembler.hasBegun else { return }
        if assembler.hasHead { cancelDeadline() }
        guard deadline == nil else { return }
        let time = assembler.hasHead ? limits.bodyDeadline : limits.headDeadline
        deadline = channel.eventLoop.schedule(after: time) { self.reject(.timeout) }
    }

    func cancelDeadline() {
        deadline?.cancel()
        deadline = nil
    }

    /// Ends the delay of 100 Continue, which applies to one request only.
    private func endDelay() {
        guard let delay else { return }
        delay.cancel()
        self.delay = nil
    }

    /// Sends 100 Continue to a client that waits for it, after the answers to earlier requests have been sent.
    func sayContinue() {
        guard phase == .serving, requests.count == 1, advanceLast(.mayContinue) == .sendContinue else { return }
        channel.writeAndFlush(InterimResponse.bytes(100, channel.allocator), promise: nil)
    }

    func reject(_ problem: RequestProblem) {
        guard phase == .serving else { return }
        cancelDeadline()
        dropDiversion()
        phase = .lastAnswers
        let (head, timeline) = assembler.partial
        let arrival = Arrival(received: .invalid(problem, head: head), timeline: timeline)
        guard advanceLast(.problem) == .breakOff else { return arrive(arrival) }
        let player = isStreaming ? self.player : nil
        // An answer whose first bytes have been sent cannot be replaced by an error.
        if let player, player.hasWritten { return player.cut() }
        // The request keeps its place. The request's error is sent after the answer that was begun, like the answer to a separate request.
        requests.append(RequestProgress())
        _ = advanceLast(.problem)
        guard let player else { return arrive(arrival) }
        arrivals.append(arrival)
        player.cut()
    }

    func updateReading() {
        let wanted =
            phase == .leaving
            || !((requests.first?.holdsInput ?? false) || (requests.last?.holdsInput ?? false)
                || (diversion?.isFull ?? false) || (socket?.isFull ?? false)
                || (tunnel?.isFull ?? false)
                || arrivals.count >= limits.pipelinedRequests)
        guard wanted != isReading else { return }
        isReading = wanted
        try? channel.syncOptions?.setOption(.autoRead, value: wanted)
        if wanted {
            guardRest()
            channel.read()
        } else {
            // While the server does not read, no time limit of the client runs.
            cancelDeadline()
        }
    }

    // MARK: Answers

    func arrive(_ arrival: Arrival) {
        arrivals.append(arrival)
        serve()
        updateReading()
    }

    /// Answers the arrived requests, until the answer to one of them takes time.
    private func serve() {
        guard !isServing else { return }
        isServing = true
        defer { isServing = false }
        while phase != .leaving, player == nil, !isDeciding {
            guard let arrival = arrivals.popFirst() else {
                if phase == .lastAnswers || isInputClosed { leave(.fin) }
                return
            }
            answer(arrival)
        }
    }

    private func answer(_ arrival: Arrival) {
        if case .complete(let request) = arrival.received, let body = request.upload { upload = body as? StreamingBody }
        guard advanceFirst(.turn(isLarge: decider.isLarge(arrival.received))) == .decideElsewhere else {
            return perform(decider.answer(to: arrival.received), arrival.timeline)
        }
        guard let pump = arrival.pump else { return decideElsewhere(arrival) }
        pump.finish { self.decideElsewhere(arrival) }
    }

    private func decideElsewhere(_ arrival: Arrival) {
        decider.answerElsewhere(to: arrival.received) {
            self.perform($0, arrival.timeline)
            self.afterAnswer()
        }
    }

    private func perform(_ performance: consuming PlannedExchange, _ timeline: consuming Timeline) {
        _ = advanceFirst(.decided)
        timeline.entries += performance.exchange.timeline.entries
        timeline.stamp(.decided, at: clock.now)
        let service = performance.socket
        let player = ScriptPlayer(
            performance, channel: channel, clock: clock, limits: limits, timeline: timeline, stage: self)
        self.player = player
        if let service { openSocket(service) }
        if let feed = player.performance.feed, let tunnel = feed as? any SocketTunnel { openTunnel(tunnel) }
        if isStopping { player.stopHanging() }
        if isInputClosed { player.peerClosed() }
        guard channel.isActive else { return player.connectionLost("the connection was closed") }
        player.play()
        socket?.begun()
        if isStopping { socket?.quiesce() }
    }

    /// Continues after an answer that ended later than its request: with the next request, with the rest of this request, or by closing.
    func afterAnswer() {
        guard player == nil else { return }
        serve()
        updateReading()
        sayContinue()
        if isRemoved { connections.remove(number) }
    }

    func leave(_ ending: Ending) {
        phase = .leaving
        forgetRequests()
        cancelDeadline()
        guard channel.isActive else { return }
        departure.begin(ending, isInputClosed: isInputClosed, isHurried: isStopping && !assembler.hasBegun)
        updateReading()
    }
}
