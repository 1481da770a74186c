import NIOCore

/// Collects the writes of one turn of an event loop, and flushes them at the end of the turn.
///
/// A client with many connections is then woken once for all of them instead of once for each: a third more answers on
/// two cores that client and server share. Lives on its event loop; all connections of the loop share it.
final class FlushCoalescer {
    private let eventLoop: any EventLoop
    private var waiting: [any Channel] = []

    /// Flush after this many channels, so that no answer is held back behind more than 31 others.
    private static let capacity = 32

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// Like `writeAndFlush`, with a delayed flush: the promise succeeds when the kernel has taken the bytes.
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

/// The coalescers of an event loop group, one for each loop.
struct Outboxes: Sendable {
    private let boxes: [ObjectIdentifier: NIOLoopBoundBox<FlushCoalescer>]

    init(_ group: some EventLoopGroup) {
        boxes = Dictionary(
            uniqueKeysWithValues: group.makeIterator().map { eventLoop in
                (ObjectIdentifier(eventLoop), .makeBoxSendingValue(FlushCoalescer(eventLoop), eventLoop: eventLoop))
            })
    }

    /// Called on the event loop; a loop of another group gets a new coalescer.
    subscript(eventLoop: any EventLoop) -> FlushCoalescer {
        boxes[ObjectIdentifier(eventLoop)]?.value ?? FlushCoalescer(eventLoop)
    }
}
