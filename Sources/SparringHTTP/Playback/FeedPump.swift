import NIOCore
import SparringExchange
import SparringWire

/// The destination of a feed: a connection, or one of its streams.
protocol FeedSink: AnyObject {
    /// Writes bytes. The promise succeeds when the kernel has taken the bytes.
    func write(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>)
    /// Passes the written bytes to the kernel.
    func flush()
}

/// Writes a feed to a sink, piece by piece. The pump requests the next piece when the kernel has taken the previous one. Must
/// be used on the channel's event loop. Pieces are not recorded in the timeline, because their number is unlimited.
final class FeedPump {
    private let feed: any Feed
    private unowned let sink: any FeedSink
    private let channel: any Channel
    /// Called once at the end of the feed, with the ending that the feed requests.
    private let whenEnded: (Ending?) -> Void
    private var isWriting = false
    private var isPulling = false
    private(set) var isOver = false
    /// Whether a piece has been written to the channel.
    private(set) var hasWritten = false

    init(_ feed: any Feed, to sink: any FeedSink, on channel: any Channel, whenEnded: @escaping (Ending?) -> Void) {
        self.feed = feed
        self.sink = sink
        self.channel = channel
        self.whenEnded = whenEnded
    }

    func start() {
        let (eventLoop, bound) = (channel.eventLoop, NIOLoopBound(self, eventLoop: channel.eventLoop))
        feed.open { eventLoop.execute { bound.value.pull() } }
        pull()
    }

    func windDown() {
        guard !isOver else { return }
        feed.windDown()
        pull()
    }

    func peerClosed() {
        guard !isOver else { return }
        feed.peerClosed()
        pull()
    }

    /// Stops sending further pieces.
    func stop() {
        guard !isOver else { return }
        isOver = true
        feed.close()
    }

    private func pull() {
        // A write may complete at once. This loop then continues, and the write's promise must not start another loop.
        guard !isPulling else { return }
        isPulling = true
        defer { isPulling = false }
        while !isWriting, !isOver {
            switch feed.next() {
            case .bytes(let bytes): write(bytes)
            case .nothing: return
            case .end:
                stop()
                whenEnded(nil)
            case .ending(let ending):
                stop()
                whenEnded(ending)
            }
        }
    }

    private func write(_ bytes: [UInt8]) {
        isWriting = true
        hasWritten = true
        let promise = channel.eventLoop.makePromise(of: Void.self)
        // A write fails only if its connection fails. The player then stops this pump.
        promise.futureResult.assumeIsolated().whenSuccess {
            self.isWriting = false
            self.pull()
        }
        sink.write(channel.allocator.buffer(bytes: bytes), promise: promise)
        sink.flush()
    }
}
