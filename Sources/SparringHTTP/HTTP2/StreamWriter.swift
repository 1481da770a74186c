import NIOCore
import NIOHPACK
import NIOHTTP2
import SparringWire

/// Writes the answer of one stream: its head as HEADERS, the rest as DATA. Lives on the connection's event loop.
///
/// The latest frame is held back until the end of the event loop's turn, because the last frame must have END_STREAM.
final class StreamWriter {
    private let channel: any Channel
    private var head = AnswerHead()
    private var held: (payload: HTTP2Frame.FramePayload, promise: EventLoopPromise<Void>?)?
    /// The promises for the bytes of an incomplete head.
    private var headPromises: [EventLoopPromise<Void>] = []
    private var isScheduled = false
    /// The bytes of the body that were written but not sent, because the client's window is too small.
    private(set) var waitingBytes = 0
    /// True if END_STREAM or RST_STREAM has been written.
    private(set) var hasEnded = false
    private var isGone = false
    /// Called once, with the reason, if bytes that were written cannot be sent.
    var whenFailed: ((any Error) -> Void)?

    init(_ channel: any Channel) { self.channel = channel }

    func write(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>) {
        var bytes = bytes
        do throws(AnswerHead.Failure) {
            if let fields = try head.take(from: &bytes) {
                let promises = headPromises + (bytes.readableBytes == 0 ? [promise] : [])
                headPromises = []
                hold(.headers(.init(headers: fields)), joined(promises))
            } else if !head.isComplete {
                headPromises.append(promise)
                return
            }
        } catch {
            promise.fail(error)
            return fail(error)
        }
        guard bytes.readableBytes > 0 else { return }
        waitingBytes += bytes.readableBytes
        let count = bytes.readableBytes
        promise.futureResult.assumeIsolated().whenComplete { _ in self.waitingBytes -= count }
        hold(.data(.init(data: .byteBuffer(bytes))), promise)
    }

    func writeInterim(_ status: Int, promise: EventLoopPromise<Void>?) {
        hold(.headers(.init(headers: HPACKHeaders([(":status", String(status))]))), promise)
    }

    /// Ends the answer.
    func end() {
        guard !hasEnded else { return }
        hasEnded = true
        switch held?.payload {
        case .headers(var headers)?:
            headers.endStream = true
            held?.payload = .headers(headers)
        case .data(var data)?:
            data.endStream = true
            held?.payload = .data(data)
        default: hold(.data(.init(data: .byteBuffer(ByteBuffer()), endStream: true)), nil)
        }
        flush()
    }

    func flush() {
        release()
        channel.flush()
        // A stream delays its flush while its connection is being read.
        channel.parent?.flush()
    }

    /// Sends RST_STREAM.
    func reset(_ code: HTTP2ErrorCode) {
        guard !isGone else { return }
        isGone = true
        hasEnded = true
        guard channel.isActive else { return }
        release()
        channel.writeAndFlush(HTTP2Frame.FramePayload.rstStream(code), promise: nil)
    }

    // MARK: One frame behind

    private func hold(_ payload: HTTP2Frame.FramePayload, _ promise: EventLoopPromise<Void>?) {
        release()
        promise?.futureResult.assumeIsolated().whenFailure { self.fail($0) }
        held = (payload, promise)
        guard !isScheduled else { return }
        isScheduled = true
        channel.eventLoop.assumeIsolated().execute {
            self.isScheduled = false
            if self.held != nil { self.flush() }
        }
    }

    private func release() {
        guard let (payload, promise) = held else { return }
        held = nil
        channel.write(payload, promise: promise)
    }

    /// A promise that completes all of these promises.
    private func joined(_ promises: [EventLoopPromise<Void>]) -> EventLoopPromise<Void>? {
        guard promises.count > 1 else { return promises.first ?? channel.eventLoop.makePromise() }
        let promise = channel.eventLoop.makePromise(of: Void.self)
        for each in promises { promise.futureResult.cascade(to: each) }
        return promise
    }

    private func fail(_ error: any Error) {
        for promise in headPromises { promise.fail(error) }
        headPromises = []
        let failed = whenFailed
        whenFailed = nil
        failed?(error)
    }

    /// The reason why a stream has ended, in words.
    static func words(_ error: any Error) -> String {
        switch error {
        case let closed as NIOHTTP2Errors.StreamClosed:
            "reset the stream (\(HTTP2Code.words(UInt32(closed.errorCode.networkCode))))"
        case is ChannelError: "closed the connection"
        default: "broke the stream: \(error)"
        }
    }
}
