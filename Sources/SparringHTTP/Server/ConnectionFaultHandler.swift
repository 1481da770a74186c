import NIOCore
import SparringExchange
import SparringWire

/// Applies the faults of a connection, below TLS, and closes it in ways that TLS would not allow. Only connections with
/// TLS or with faults have this handler. Must be used on the connection's event loop.
final class ConnectionFaultHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let number: Int
    let isTLS: Bool
    private let faults: [Fault]
    private let clock: MonotonicClock
    private let places: ConnectionLimiter
    private let report: (ConnectionReport) -> Void
    private var strikes: [(id: FaultID, strike: ConnectionFaultAction)]
    private var context: ChannelHandlerContext?
    private var timeline = Timeline()
    /// Input that is held back; nil if the connection is not held back.
    private var held: [ByteBuffer]?
    private var owesRead = false
    private var hasInput = false
    private var hasOutput = false
    /// Whether all input and output is discarded.
    private var isShut = false
    private var isReported = false
    private var release: Scheduled<Void>?

    /// - Parameters:
    ///   - faults: the connection's faults from the listener's plan.
    ///   - report: called at most once, if there is an event to report.
    init(
        number: Int, isTLS: Bool, faults: [Fault], clock: MonotonicClock, places: ConnectionLimiter,
        report: @escaping (ConnectionReport) -> Void
    ) {
        self.number = number
        self.isTLS = isTLS
        self.faults = faults
        self.clock = clock
        self.places = places
        self.report = report
        strikes = faults.ordered().compactMap { ordered in ordered.fault.strike.map { (ordered.id, $0) } }
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    // MARK: Stages of the connection

    func channelActive(context: ChannelHandlerContext) {
        timeline.stamp(.decided, at: clock.now)
        context.fireChannelActive()
        for (id, strike) in take({ $0.stage == .accepted }) {
            switch strike {
            case .limit(let count, let overflow): limit(to: count, overflow, id)
            case .hold(_, let duration): hold(duration, id)
            case .leave(_, let hangup): leave(hangup, id)
            case .certificate, .oldProtocol, .alert, .window: break
            }
        }
        endIfHarmless()
    }

    /// The client's first bytes have arrived.
    private func hello() {
        for (id, strike) in take({ $0.stage == .hello }) {
            switch strike {
            case .hold(_, let duration): hold(duration, id)
            case .leave(_, let hangup): leave(hangup, id)
            case .alert: alert(strike.record ?? [], id)
            case .certificate, .oldProtocol, .limit, .window: break
            }
        }
    }

    /// TLS is established.
    /// - Returns: false if the fault has ended the connection.
    func secured() -> Bool {
        for (id, strike) in take({ $0.stage == .done }) {
            if case .leave(_, let hangup) = strike { leave(hangup, id) }
        }
        finish(.ended(.keepAlive))
        return !isShut
    }

    /// Called when the HTTP version is known.
    /// - Returns: the fault of the HTTP/2 windows; nil without one.
    func settled(_ version: HTTPVersion) -> (size: Int, duration: Duration?)? {
        var window: (Int, Duration?)?
        for (id, strike) in take({ $0.stage == .settled }) {
            guard case .window(let size, let duration) = strike else { continue }
            if version == .http2 {
                window = (size, duration)
                deliver(id)
            } else {
                timeline.stamp(.faultMissed(id, reason: "the client speaks \(version.words)"), at: clock.now)
            }
        }
        endIfHarmless()
        return window
    }

    /// The TLS handshake has failed, on either side.
    func failed(_ reason: String) { finish(.peerGone(reason: reason)) }

    private func take(_ isWanted: (ConnectionFaultAction) -> Bool) -> [(id: FaultID, strike: ConnectionFaultAction)] {
        defer { strikes.removeAll { isWanted($0.strike) } }
        return strikes.filter { isWanted($0.strike) }
    }

    // MARK: Faults

    private func deliver(_ id: FaultID) { timeline.stamp(.faultDelivered(id), at: clock.now) }

    private func limit(to count: Int, _ overflow: ConnectionFaultAction.Overflow, _ id: FaultID) {
        guard let channel = context?.channel else { return }
        if places.take(count) { return channel.closeFuture.whenComplete { [places] _ in places.give() } }
        switch overflow {
        case .fin: leave(.fin, id)
        case .reset: leave(.reset, id)
        case .wait:
            deliver(id)
            held = held ?? []
            let gate = NIOLoopBound(self, eventLoop: channel.eventLoop)
            let place = places.wait { channel.eventLoop.execute { gate.value.goOn() } }
            channel.closeFuture.whenComplete { [places] _ in places.leave(place) }
        }
    }

    private func hold(_ duration: Duration?, _ id: FaultID) {
        deliver(id)
        held = held ?? []
        guard let duration, let eventLoop = context?.eventLoop else { return }
        release = eventLoop.schedule(after: duration) { self.goOn() }
    }

    private func goOn() {
        guard let context, !isShut, let bytes = held else { return }
        held = nil
        for bytes in bytes { context.fireChannelRead(wrapInboundOut(bytes)) }
        if !bytes.isEmpty { context.fireChannelReadComplete() }
        endIfHarmless()
        guard owesRead else { return }
        owesRead = false
        context.read()
    }

    /// Ends the report if no fault is left and the connection continues. With TLS, the handshake comes first.
    private func endIfHarmless() {
        if !isTLS, strikes.isEmpty, held == nil, !isShut { finish(.ended(.keepAlive)) }
    }

    private func leave(_ hangup: ConnectionFaultAction.Hangup, _ id: FaultID) {
        guard !isShut else { return }
        deliver(id)
        isShut = true
        finish(.ended(hangup == .reset ? .reset : .fin))
        hangup == .reset ? reset() : close()
    }

    private func alert(_ record: [UInt8], _ id: FaultID) {
        guard let context, !isShut else { return }
        deliver(id)
        isShut = true
        finish(.ended(.fin))
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: record)), promise: nil)
        context.close(promise: nil)
    }

    /// Sends half of the bytes, then ends the connection.
    private func leaveWithin(_ bytes: ByteBuffer, _ hangup: ConnectionFaultAction.Hangup, _ id: FaultID) {
        guard let context, let half = bytes.getSlice(at: bytes.readerIndex, length: bytes.readableBytes / 2) else {
            return
        }
        let promise = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(half), promise: promise)
        isShut = true
        promise.futureResult.assumeIsolated().whenComplete { _ in
            self.isShut = false
            self.leave(hangup, id)
        }
    }

    // MARK: Input and output

    func read(context: ChannelHandlerContext) {
        if held != nil { owesRead = true } else { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !hasInput {
            hasInput = true
            hello()
        }
        guard !isShut else { return }
        if held == nil { context.fireChannelRead(data) } else { held?.append(unwrapInboundIn(data)) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if held == nil, !isShut { context.fireChannelReadComplete() }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isShut else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        guard !hasOutput else { return context.write(data, promise: promise) }
        hasOutput = true
        for (id, strike) in take({ $0.stage == .middle }) {
            guard case .leave(_, let hangup) = strike else {
                deliver(id)
                continue
            }
            promise?.fail(ChannelError.outputClosed)
            return leaveWithin(unwrapOutboundIn(data), hangup, id)
        }
        context.write(data, promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed, held != nil || isShut {
            // No other handler knows about the client yet.
            finish(.peerGone(reason: "closed its side"))
            close()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        release?.cancel()
        held = nil
        finish(.peerGone(reason: "closed the connection"))
        context.fireChannelInactive()
    }

    private func finish(_ happening: Timeline.Happening) {
        guard !isReported else { return }
        isReported = true
        // A connection without input is not reported, and neither is a handshake without problems.
        if case .peerGone = happening, faults.isEmpty, !hasInput { return }
        if case .ended(.keepAlive) = happening, timeline.entries.count < 2 { return }
        if case .peerGone = happening {
            for (id, _) in strikes {
                timeline.stamp(.faultMissed(id, reason: "the client had disconnected"), at: clock.now)
            }
        }
        timeline.stamp(happening, at: clock.now)
        report(ConnectionReport(connection: number, isTLS: isTLS, faults: faults, timeline: timeline))
    }
}

// MARK: - Closing beneath TLS

extension ConnectionFaultHandler {
    /// Sends FIN without close_notify, and only reads from then on.
    func shutOutput() {
        isShut = false
        context?.close(mode: .output, promise: nil)
    }

    /// Closes the connection without sending anything more over TLS.
    func close() { context?.close(promise: nil) }

    private func reset() {
        guard let context else { return }
        context.channel.closeWithReset { context.close(promise: nil) }
    }
}

extension ConnectionFaultAction {
    /// The stage at which the fault is applied.
    fileprivate var stage: ConnectionStage {
        switch self {
        case .limit: .accepted
        case .hold(let stage, _), .leave(let stage, _): stage
        case .alert: .hello
        case .certificate, .oldProtocol: .middle
        case .window: .settled
        }
    }
}
