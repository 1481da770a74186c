import NIOCore
import SparringWire

/// Stands beneath NIOHTTP2: passes on what that writes, and lets out frames that it would not. Lives on its event loop.
final class FrameInjector: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var context: ChannelHandlerContext?
    /// WINDOW_UPDATE frames that do not go out, while they do not.
    private var windows: [(frame: ByteBuffer, promise: EventLoopPromise<Void>?)]?
    /// Whether NIOHTTP2 has given the connection up: it tells a broken connection from a broken stream by nothing else.
    private(set) var hasSaidGoAway = false

    /// Types of frames (RFC 9113 §6.8, §6.9), and how long those are with their nine bytes before.
    private static let goAway: (type: UInt8, count: Int) = (7, 17)
    private static let windowUpdate: (type: UInt8, count: Int) = (8, 13)

    /// - Parameter holdsWindows: whether no window is opened, until `releaseWindows`.
    init(holdsWindows: Bool = false) { windows = holdsWindows ? [] : nil }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let bytes = unwrapOutboundIn(data)
        if Self.isFrame(Self.goAway, bytes) { hasSaidGoAway = true }
        if windows != nil, Self.isFrame(Self.windowUpdate, bytes) {
            windows?.append((bytes, promise))
        } else {
            context.write(data, promise: promise)
        }
    }

    /// NIOHTTP2 hands such frames over one by one. The payload of DATA comes by itself as well; an answer in JSON or UTF-8 text does not
    /// look like them, as it begins with no zero bytes.
    private static func isFrame(_ kind: (type: UInt8, count: Int), _ bytes: ByteBuffer) -> Bool {
        guard bytes.readableBytes == kind.count else { return false }
        return bytes.getBytes(at: bytes.readerIndex, length: 5) == [0, 0, UInt8(kind.count - 9), kind.type, 0]
    }

    /// What was held back goes out.
    func releaseWindows() {
        guard let windows else { return }
        self.windows = nil
        for (frame, promise) in windows { context?.write(wrapOutboundOut(frame), promise: promise) }
        context?.flush()
    }

    /// GOAWAY in our own words: which stream was the last, and why.
    func sayGoAway(_ lastStream: Int, _ code: HTTP2Code, promise: EventLoopPromise<Void>?) {
        guard let context else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        var frame = context.channel.allocator.buffer(capacity: Self.goAway.count)
        frame.writeBytes([0, 0, 8, Self.goAway.type, 0])
        frame.writeInteger(UInt32(0))
        frame.writeInteger(UInt32(lastStream))
        frame.writeInteger(code.number)
        context.writeAndFlush(wrapOutboundOut(frame), promise: promise)
    }
}
