import NIOCore
import SparringExchange
import SparringWire

/// Pours a feed into a channel, a piece at a time: the next one is asked for when the kernel has taken the one before.
/// Lives on the channel's event loop. Pieces leave no stamps: there is no bound to how many there are.
final class FeedPump {
    private let feed: any Feed
    private unowned let stage: any ScriptStage
    private let channel: any Channel
    /// Called once, where the feed came to its end; with the ending that it asks for.
    private let whenEnded: (Ending?) -> Void
    private var isWriting = false
    private var isPulling = false
    private var isOver = false

    init(_ feed: any Feed, to stage: any ScriptStage, on channel: any Channel, whenEnded: @escaping (Ending?) -> Void) {
        self.feed = feed
        self.stage = stage
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
        let promise = channel.eventLoop.makePromise(of: Void.self)
        // A write fails only with its connection, and then the player stops this.
        promise.futureResult.assumeIsolated().whenSuccess {
            self.isWriting = false
            self.pull()
        }
        stage.write(channel.allocator.buffer(bytes: bytes), promise: promise)
        stage.flush()
    }
}
