import NIOCore
import NIOSSL
import SparringExchange
import SparringWire

/// One connection to an upstream. The connection sends one request at a time, and reports the answer to an observer. Must be used
/// on its event loop.
final class UpstreamConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let clock: MonotonicClock
    /// Called when the connection can be used for another request.
    private let whenIdle: (UpstreamConnection) -> Void
    private(set) var channel: (any Channel)?
    private var exchange: Exchange?
    /// Sends the body, if it is still arriving.
    private var upload: FeedPump?
    private var count = 0
    /// The time at which the connection last became idle.
    private(set) var idleSince = NIODeadline.now()
    /// The reason for the next `channelInactive`.
    private var failure: UpstreamFailure?

    private struct Exchange {
        let number: Int
        var decoder: AnswerDecoder
        let observer: any UpstreamObserver
    }

    init(clock: MonotonicClock, whenIdle: @escaping (UpstreamConnection) -> Void) {
        self.clock = clock
        self.whenIdle = whenIdle
    }

    var isUsable: Bool { exchange == nil && channel?.isActive == true }

    func handlerAdded(context: ChannelHandlerContext) { channel = context.channel }

    // MARK: Requests

    /// - Returns: the request's number, with which later calls name it.
    func send(_ request: Request, observer: any UpstreamObserver) -> Int {
        count += 1
        guard let channel else { return count }
        exchange = Exchange(number: count, decoder: AnswerDecoder(isHead: request.method == "HEAD"), observer: observer)
        let promise = channel.eventLoop.makePromise(of: Void.self)
        let written = promise.futureResult.assumeIsolated()
        channel.writeAndFlush(Self.bytes(of: request, channel.allocator), promise: promise)
        if let body = request.upload {
            written.whenSuccess { self.pour(body, for: observer, on: channel) }
        } else {
            written.whenSuccess { [clock] in observer.heard(.sent, at: clock.now) }
        }
        return count
    }

    /// Sends the body. The answer may begin, and even end, before the whole body is sent.
    private func pour(_ body: any Feed, for observer: any UpstreamObserver, on channel: any Channel) {
        guard exchange != nil else { return body.close() }
        let pump = FeedPump(body, to: self, on: channel) { [clock] ending in
            if ending == nil { observer.heard(.sent, at: clock.now) } else { channel.close(promise: nil) }
        }
        upload = pump
        pump.start()
    }

    private func stopUpload() {
        upload?.stop()
        upload = nil
    }

    func setReading(_ isOn: Bool, for number: Int) {
        if exchange?.number == number { setReading(isOn) }
    }

    /// Closes the connection. The observer receives no further events.
    func cancel(_ number: Int) {
        if exchange?.number == number { close() }
    }

    func close() {
        exchange = nil
        stopUpload()
        channel?.close(promise: nil)
    }

    private func setReading(_ isOn: Bool) {
        try? channel?.syncOptions?.setOption(.autoRead, value: isOn)
        if isOn { channel?.read() }
    }

    /// The request's bytes. The bytes are not changed: the caller decides about framing, `Host` and all other fields.
    private static func bytes(of request: Request, _ allocator: ByteBufferAllocator) -> ByteBuffer {
        var bytes = allocator.buffer(capacity: 1024 + request.body.count)
        bytes.writeString("\(request.method) \(request.target) HTTP/1.1\r\n")
        for field in request.headers.fields { bytes.writeString("\(field.name): \(field.value)\r\n") }
        bytes.writeString("\r\n")
        bytes.writeBytes(request.body)
        return bytes
    }

    // MARK: Answers

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let moment = clock.now
        let bytes = unwrapInboundIn(data)
        guard exchange != nil else {
            // Without a request, these bytes of an answer could not be distinguished from the next answer.
            context.close(promise: nil)
            return
        }
        do throws(AnswerDecoder.Malformed) {
            let parts = try bytes.withUnsafeReadableBytes { bytes throws(AnswerDecoder.Malformed) in
                try exchange?.decoder.take(bytes) ?? []
            }
            for part in parts { tell(part, at: moment) }
        } catch {
            fail(.malformed(error.reason), at: moment)
            context.close(promise: nil)
        }
    }

    private func tell(_ part: AnswerDecoder.Part, at moment: Moment) {
        guard let exchange else { return }
        switch part {
        case .head(let head): exchange.observer.heard(.head(head), at: moment)
        case .body(let bytes): exchange.observer.heard(.body(bytes), at: moment)
        case .end: end(exchange, at: moment)
        }
    }

    private func end(_ ended: Exchange, at moment: Moment) {
        exchange = nil
        let isSent = upload?.isOver ?? true
        stopUpload()
        if ended.decoder.keepsAlive, isSent, channel?.isActive == true {
            idleSince = .now()
            setReading(true)
            whenIdle(self)
        } else {
            channel?.close(promise: nil)
        }
        ended.observer.heard(.end, at: moment)
    }

    private func fail(_ failure: UpstreamFailure, at moment: Moment) {
        guard let failed = exchange else { return }
        exchange = nil
        stopUpload()
        failed.observer.heard(.failed(failure), at: moment)
    }

    // MARK: The end of the connection

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The first error counts, because a reset under TLS is also an unclean end.
        failure = failure ?? Self.failure(of: error)
        context.close(promise: nil)
    }

    private static func failure(of error: any Error) -> UpstreamFailure {
        switch error {
        case is IOError: .reset
        // The end was not announced, so a body without framing may be incomplete.
        case NIOSSLError.uncleanShutdown: .closed
        default: .unreachable(TLSWords.of(error))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        let moment = clock.now
        if failure == nil, exchange?.decoder.close() ?? false, let ended = exchange {
            exchange = nil
            stopUpload()
            ended.observer.heard(.end, at: moment)
        } else {
            fail(failure ?? .closed, at: moment)
        }
        context.fireChannelInactive()
    }
}

extension UpstreamConnection: FeedSink {
    func write(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>) { channel?.write(bytes, promise: promise) }

    func flush() { channel?.flush() }
}
