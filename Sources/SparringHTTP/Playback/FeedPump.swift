import NIOCore
import SparringExchange
import SparringWire

/// Where a feed is poured: a connection, or a stream of one.
protocol FeedSink: AnyObject {
    /// Hands over bytes. The promise is kept when the kernel has taken them.
    func write(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>)
    /// What has been handed over goes to the kernel now.
    func flush()
}

/// Pours a feed into a sink, a piece at a time: the next one is asked for when the kernel has taken the one before.
/// Lives on the channel's event loop. Pieces leave no stamps: there is no bound to how many there are.
final class FeedPump {
    private let feed: any Feed
    private unowned let sink: any FeedSink
    private let channel: any Channel
    /// Called once, where the feed came to its end; with the ending that it asks for.
    private let whenEnded: (Ending?) -> Void
    private var isWriting = false
    private var isPulling = false
    private(set) var isOver = false
    /// Whether a piece has been handed to the channel.
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

    /// Nothing more is sent, whatever the feed has.
    func stop() {
        guard !isOver else { return }
        isOver = true
        feed.close()
    }

    private func pull() {
        // A write may be taken at once: this loop goes on then, and its promise must not begin another.
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
        // A write fails only with its connection, and then the player stops this.
        promise.futureResult.assumeIsolated().whenSuccess {
            self.isWriting = false
            self.pull()
        }
        sink.write(channel.allocator.buffer(bytes: bytes), promise: promise)
        sink.flush()
    }
}
