import NIOCore
import NIOHTTP1
import NIOPosix
import SparringExchange
import SparringWire

/// One connection: collects requests, has them answered in order, plays the answers, and leaves as each script says.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let number: Int
    private let responder: any Responder
    private let clock: MonotonicClock
    private let limits: Limits
    private var context: ChannelHandlerContext?
    private var assembler: RequestAssembler
    private var waiting: [(Request, Timeline)] = []
    private var player: ScriptPlayer?
    private var phase = Phase.serving
    private var deadline: Scheduled<Void>?
    /// Bytes since the first byte of a request whose head is not complete.
    private var headBytes = 0
    private var isInputClosed = false
    /// Set while a large body is with the thread pool.
    private var isDeciding = false

    private enum Phase {
        case serving
        /// An answer is still on its way; no further request is taken.
        case lastAnswer
        /// Our side is shut; input is thrown away until the peer is done or the deadline comes.
        case draining
        case closed
    }

    /// Requests with a body of more than this are decided on a thread of the pool.
    private static let inlineBodyBytes = 256 * 1024

    init(number: Int, responder: any Responder, clock: MonotonicClock, limits: Limits) {
        self.number = number
        self.responder = responder
        self.clock = clock
        self.limits = limits
        assembler = RequestAssembler(limits: limits)
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    // MARK: Input

    /// Called for every piece of input before it is decoded. False: throw it away.
    func takesBytes(_ count: Int) -> Bool {
        guard case .serving = phase else { return false }
        if !assembler.hasHead {
            if headBytes == 0 { assembler.begin(at: clock.now) }
            headBytes += count
            // The decoder reports heads as they complete; what one read brings beyond a head is body or the next head.
            if headBytes > limits.headBytes + 65_536 { reject(.headTooLarge(limit: limits.headBytes), nil) }
        }
        return true
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .serving = phase else { return }
        let part = unwrapInboundIn(data)
        if case .head(let head) = part, HeadSize.of(head) > limits.headBytes {
            _ = assembler.add(part, at: clock.now)
            return reject(.headTooLarge(limit: limits.headBytes), assembler.partial())
        }
        switch assembler.add(part, at: clock.now) {
        case .incomplete: break
        case .wantsContinue:
            context.writeAndFlush(NIOAny(InterimResponse.bytes(100, context.channel.allocator)), promise: nil)
        case .problem(let problem, let request): reject(problem, (request, assembler.partial()?.1 ?? Timeline()))
        case .complete(let request, let timeline):
            headBytes = 0
            deadline?.cancel()
            deadline = nil
            enqueue(request, timeline)
        }
    }

    /// A request that has begun and is not complete is on the clock.
    func channelReadComplete(context: ChannelHandlerContext) {
        guard case .serving = phase, headBytes > 0 || assembler.hasHead else { return }
        if assembler.hasHead {
            // Every piece of body restarts its deadline.
            deadline?.cancel()
            deadline = nil
        }
        guard deadline == nil else { return }
        let time = assembler.hasHead ? limits.bodyDeadline : limits.headDeadline
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(time.wholeNanoseconds)) {
            self.reject(.timeout, self.assembler.partial())
        }
    }

    private func enqueue(_ request: Request, _ timeline: Timeline) {
        guard player != nil || isDeciding else { return decide(request, timeline) }
        waiting.append((request, timeline))
        if waiting.count == limits.pipelinedRequests { setReading(false) }
    }

    private func setReading(_ isOn: Bool) {
        guard let context else { return }
        try? context.channel.syncOptions?.setOption(.autoRead, value: isOn)
        if isOn { context.read() }
    }

    // MARK: Answers

    private func decide(_ request: Request, _ timeline: Timeline) {
        guard let context else { return }
        guard request.body.count > Self.inlineBodyBytes else {
            return perform(responder.respond(to: request, connection: number, now: clock.now), timeline)
        }
        isDeciding = true
        let (responder, number, clock) = (responder, number, clock)
        NIOThreadPool.singleton.runIfActive(eventLoop: context.eventLoop) {
            responder.respond(to: request, connection: number, now: clock.now)
        }
        .assumeIsolated()
        .whenSuccess { performance in
            self.isDeciding = false
            self.perform(performance, timeline)
        }
    }

    private func perform(_ performance: Performance, _ timeline: Timeline) {
        guard let context else { return }
        var timeline = timeline
        timeline.entries += performance.exchange.timeline.entries
        timeline.stamp(.decided, at: clock.now)
        let player = ScriptPlayer(
            performance, channel: context.channel, clock: clock, limits: limits, timeline: timeline
        ) { player, ending in self.ended(player, ending) }
        self.player = player
        if isInputClosed { player.peerClosed() }
        guard context.channel.isActive else { return player.connectionLost("the connection was closed") }
        player.play()
    }

    /// Answers what is no request; the script's ending closes the connection.
    private func reject(_ problem: RequestProblem, _ partial: (Request, Timeline)?) {
        guard case .serving = phase else { return }
        deadline?.cancel()
        phase = .lastAnswer
        // Behind a running answer there is no telling which request went wrong; that answer is the last.
        guard player == nil, !isDeciding else { return }
        let performance = responder.respond(to: problem, head: partial?.0, connection: number, now: clock.now)
        perform(performance, partial?.1 ?? Timeline())
    }

    private func ended(_ player: ScriptPlayer, _ ending: Ending) {
        self.player = nil
        player.report(to: responder)
        switch ending {
        case .keepAlive: serveNext()
        case .halfClose: shutDown(waitingForPeer: true)
        case .reset: reset()
        case .fin, .cut, .stream, .goAway, .hang: shutDown(waitingForPeer: false)
        }
    }

    private func serveNext() {
        guard case .serving = phase, !(isInputClosed && waiting.isEmpty) else { return shutDown(waitingForPeer: false) }
        guard !waiting.isEmpty else { return }
        if waiting.count == limits.pipelinedRequests { setReading(true) }
        let (request, timeline) = waiting.removeFirst()
        decide(request, timeline)
    }

    // MARK: Leaving

    /// FIN, and then nothing but reading: closing with unread input would turn the FIN into a RST and cost the client its answer.
    private func shutDown(waitingForPeer: Bool) {
        guard let context, context.channel.isActive else { return }
        phase = .draining
        waiting = []
        deadline?.cancel()
        guard !isInputClosed else { return close() }
        setReading(true)
        context.close(mode: .output, promise: nil)
        guard !waitingForPeer else { return }
        let time = TimeAmount.nanoseconds(limits.drainDeadline.wholeNanoseconds)
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: time) { self.close() }
    }

    /// SO_LINGER with no time turns `close` into RST (socket(7)).
    private func reset() {
        guard let context else { return }
        if let options = context.channel as? any SocketOptionProvider {
            options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).assumeIsolated().whenComplete { _ in self.close() }
        } else {
            close()
        }
    }

    private func close() {
        phase = .closed
        deadline?.cancel()
        context?.close(promise: nil)
    }

    /// The server is stopping: idle connections and hanging answers end now, finite answers may finish.
    func quiesce() {
        phase = .lastAnswer
        waiting = []
        if let player {
            player.windDown()
            guard player.isHanging else { return }
            player.cut()
            close()
        } else if !isDeciding {
            shutDown(waitingForPeer: false)
        }
    }

    /// The server's patience is over.
    func cut() {
        player?.cut()
        close()
    }

    // MARK: Events

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { inputClosed() }
        context.fireUserInboundEventTriggered(event)
    }

    private func inputClosed() {
        isInputClosed = true
        deadline?.cancel()
        if let player { player.peerClosed() } else if waiting.isEmpty, !isDeciding { close() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        phase = .closed
        player?.connectionLost("the connection was closed")
        self.context = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case let error as HTTPParserError where !isInputClosed:
            let isOverflow = error == .headerOverflow
            reject(isOverflow ? .headTooLarge(limit: limits.headBytes) : .malformed("\(error)"), assembler.partial())
        case is HTTPParserError: if player == nil { close() }
        default:
            player?.connectionLost("\(error)")
            close()
        }
    }
}

/// The size of a head on the wire, near enough: names, values and their separators.
enum HeadSize {
    static func of(_ head: HTTPRequestHead) -> Int {
        head.headers.reduce(head.uri.utf8.count) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
    }
}
