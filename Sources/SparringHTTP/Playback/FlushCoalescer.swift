import NIOCore

/// Holds back what is written in one turn of an event loop, and hands it to the kernel at the turn's end.
///
/// A client that has many connections is woken once for all of them so, not once for each: on two cores, which client and server
/// share, that is a third more answers. Lives on its event loop; every connection of the loop has the same one.
final class FlushCoalescer {
    private let eventLoop: any EventLoop
    private var waiting: [any Channel] = []

    /// Nobody waits for more than the answers before these.
    private static let capacity = 32

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// As `writeAndFlush`, but for the moment: the promise is kept when the kernel has taken the bytes.
    func write(_ buffer: ByteBuffer, to channel: any Channel, promise: EventLoopPromise<Void>) {
        channel.write(buffer, promise: promise)
        if waiting.isEmpty { eventLoop.assumeIsolated().execute { self.flush() } }
        waiting.append(channel)
        if waiting.count == Self.capacity { flush() }
    }

    /// What is written meanwhile, in answer to what has been waiting behind an answer, is for the next turn.
    private func flush() {
        let channels = waiting
        waiting.removeAll(keepingCapacity: true)
        for channel in channels { channel.flush() }
    }
}

/// The outboxes of a group, each for its event loop.
struct Outboxes: Sendable {
    private let boxes: [ObjectIdentifier: NIOLoopBoundBox<FlushCoalescer>]

    init(_ group: some EventLoopGroup) {
        boxes = Dictionary(
            uniqueKeysWithValues: group.makeIterator().map { eventLoop in
                (ObjectIdentifier(eventLoop), .makeBoxSendingValue(FlushCoalescer(eventLoop), eventLoop: eventLoop))
            })
    }

    /// Called on the event loop; a loop of another group gets one of its own.
    subscript(eventLoop: any EventLoop) -> FlushCoalescer {
        boxes[ObjectIdentifier(eventLoop)]?.value ?? FlushCoalescer(eventLoop)
    }
}
