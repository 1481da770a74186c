import NIOCore
import NIOHTTP2
import NIOSSL
import NIOTLS
import SparringExchange
import SparringWire

/// One connection of HTTP/2: its streams and its end. Must be used on its event loop.
final class HTTP2Connection: ChannelInboundHandler, ServedConnection {
    typealias InboundIn = HTTP2Frame

    let clock: MonotonicClock
    let limits: ConnectionLimits
    let decider: RequestDispatcher
    private let channel: any Channel
    private let connections: ConnectionSet
    private let gate: ConnectionFaultHandler?
    private let frames: FrameInjector
    private var departure: ConnectionCloser
    private var streams: [ObjectIdentifier: StreamHandler] = [:]
    /// The highest number of a stream that was opened.
    private(set) var lastStream = 0
    private(set) var isInputClosed = false
    private(set) var isStopping = false
    /// True if GOAWAY has been sent. The existing streams may finish.
    private var isDraining = false
    private(set) var isLeaving = false
    private var isRemoved = false

    init(
        channel: any Channel, decider: RequestDispatcher, limits: ConnectionLimits, connections: ConnectionSet,
        gate: ConnectionFaultHandler?, frames: FrameInjector
    ) {
        self.channel = channel
        self.decider = decider
        clock = decider.clock
        self.limits = limits
        self.connections = connections
        self.gate = gate
        self.frames = frames
        departure = ConnectionCloser(channel: channel, drainDeadline: limits.drainDeadline, gate: gate)
    }

    // MARK: Streams

    /// Called when a client opens a stream.
    func open(_ channel: any Channel) throws {
        let id = try channel.syncOptions?.getOption(HTTP2StreamChannelOptions.streamID)
        let stream = StreamHandler(id.map { Int($0) } ?? 0, of: self, on: channel)
        // RFC 9113 §6.8: streams after the last one are ignored.
        guard !isDraining, !isLeaving else {
            return channel.eventLoop.assumeIsolated().execute {
                channel.writeAndFlush(HTTP2Frame.FramePayload.rstStream(.refusedStream), promise: nil)
            }
        }
        lastStream = max(lastStream, stream.number)
        streams[ObjectIdentifier(stream)] = stream
        try channel.pipeline.syncOperations.addHandler(stream)
        for stream in streams.values where stream.number < lastStream { stream.laterBegan() }
    }

    /// Removes a stream that is closed and whose exchange was reported.
    func closed(_ stream: StreamHandler) {
        streams[ObjectIdentifier(stream)] = nil
        guard streams.isEmpty else { return }
        if isRemoved { connections.remove(decider.connection) }
        // The frame that closed the stream is still being written at this moment.
        if isDraining { channel.eventLoop.assumeIsolated().execute { if self.streams.isEmpty { self.leave(.fin) } } }
    }

    /// Ignores frames, because NIOHTTP2 handles the frames of the connection.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

    // MARK: Leaving

    var canBeCut: Bool { gate?.isTLS ?? false }

    var bytesOnTheWay: Int? { SendQueue.bytesOnTheWay(of: channel) }

    /// - Parameter stream: the stream whose answer ends the connection. All other streams are cut.
    func leave(_ ending: Ending, after stream: StreamHandler? = nil) {
        guard !isLeaving else { return }
        isLeaving = true
        for other in streams.values where other !== stream {
            other.cut("the ending of another answer closed the connection")
        }
        guard channel.isActive else { return }
        departure.begin(ending, isInputClosed: isInputClosed, isHurried: isStopping)
    }

    func write(_ frames: ConnectionFrames, from stream: Int, promise: EventLoopPromise<Void>) {
        switch frames {
        case .goAway(let last, let code):
            isDraining = true
            // Streams of clients have odd numbers.
            self.frames.sayGoAway(last == .this ? stream : max(0, stream - 2), code, promise: promise)
        case .settings(let count): write(count, of: .settings(.settings([])), promise: promise)
        // Only scripts of WebSockets have silences, and HTTP/2 has no WebSockets.
        case .silence: promise.succeed()
        case .pings(let count): write(count, of: .ping(HTTP2PingData(), ack: false), promise: promise)
        }
    }

    /// Writes through NIOHTTP2, because it has to expect the acknowledgements.
    private func write(_ count: Int, of payload: HTTP2Frame.FramePayload, promise: EventLoopPromise<Void>) {
        let frame = HTTP2Frame(streamID: .rootStream, payload: payload)
        for _ in 1..<max(1, count) { channel.write(frame, promise: nil) }
        channel.writeAndFlush(frame, promise: promise)
    }

    /// Opens the flow-control windows when the fault's time is over.
    func openWindows(after wait: Duration) {
        channel.eventLoop.schedule(after: wait) {
            guard self.channel.isActive else { return }
            self.frames.releaseWindows()
            let usual = HTTP2Setting(parameter: .initialWindowSize, value: 65_535)
            self.channel.writeAndFlush(
                HTTP2Frame(streamID: .rootStream, payload: .settings(.settings([usual]))), promise: nil)
        }
    }

    func quiesce() {
        guard !isLeaving else { return departure.hurry() }
        isStopping = true
        if !isDraining { frames.sayGoAway(lastStream, .noError, promise: nil) }
        isDraining = true
        for stream in streams.values { stream.quiesce() }
        if streams.isEmpty { leave(.fin) }
    }

    func cut() {
        isLeaving = true
        for stream in streams.values { stream.cut("the server was stopped") }
        departure.closeNow()
    }

    // MARK: Events of the connection

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { inputClosed() }
        if let gate, case TLSUserEvent.handshakeCompleted = event, !gate.secured() { isLeaving = true }
        context.fireUserInboundEventTriggered(event)
    }

    private func inputClosed() {
        isInputClosed = true
        guard !isLeaving else { return }
        if streams.isEmpty { return departure.closeNow() }
        isDraining = true
        for stream in streams.values { stream.peerClosed() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        isLeaving = true
        for stream in streams.values { stream.lost("closed the connection") }
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        isRemoved = true
        // While the answer of a stream is being decided, the connection stays registered, so that a stopping server
        // waits for it.
        if streams.isEmpty { connections.remove(decider.connection) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        // A close without close_notify is still a close, and is reported as a close.
        case NIOSSLError.uncleanShutdown: break
        // Only one stream is broken, and NIOHTTP2 has reset it.
        case _ where !frames.hasSaidGoAway && !(error is NIOSSLError) && !(error is IOError): break
        default:
            gate?.failed("broke the connection: \(TLSWords.ofServer(error))")
            isLeaving = true
            for stream in streams.values { stream.lost("broke the connection: \(error)") }
            departure.closeNow()
        }
    }
}
