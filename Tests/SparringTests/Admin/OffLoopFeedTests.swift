import SparringExchange
import Synchronization
import Testing

@testable import Sparring

@Suite("Feeds that are made off the event loop")
struct OffLoopFeedTests {
    /// A feed whose pieces the test gives.
    private final class Given: Feed {
        private struct State {
            var pieces: [FeedPiece] = []
            var isAwaited = false
            var isClosed = false
            var wake: (@Sendable () -> Void)?
        }

        private let state = Mutex(State())

        var isClosed: Bool { state.withLock(\.isClosed) }

        func give(_ piece: FeedPiece) {
            let wake = state.withLock { state -> (@Sendable () -> Void)? in
                state.pieces.append(piece)
                defer { state.isAwaited = false }
                return state.isAwaited ? state.wake : nil
            }
            wake?()
        }

        func open(_ wake: @escaping @Sendable () -> Void) { state.withLock { $0.wake = wake } }

        func next() -> FeedPiece {
            state.withLock { state in
                guard state.pieces.isEmpty else { return state.pieces.removeFirst() }
                state.isAwaited = true
                return .nothing
            }
        }

        func windDown() { give(.end) }

        func close() {
            state.withLock { ($0.isClosed, $0.wake) = (true, nil) }
        }
    }

    /// Reads as a connection does: asks again after each piece, and after `nothing` when it is woken.
    private static func pieces(_ feed: OffLoopFeed, _ wakes: AsyncStream<Void>, count: Int) async -> [FeedPiece] {
        var pieces: [FeedPiece] = []
        var turns = wakes.makeAsyncIterator()
        while pieces.count < count {
            let piece = feed.next()
            if case .nothing = piece { _ = await turns.next() } else { pieces.append(piece) }
        }
        return pieces
    }

    @Test(
        "Pieces come in order, also those that the feed makes after it was asked",
        arguments: [Duration.zero, .milliseconds(1)])
    func order(interval: Duration) async {
        let given = Given()
        let feed = OffLoopFeed(given, interval: interval)
        let (wakes, woken) = AsyncStream<Void>.makeStream()
        feed.open { woken.yield() }
        given.give(.bytes([1]))
        given.give(.bytes([2]))
        #expect(await Self.pieces(feed, wakes, count: 2) == [.bytes([1]), .bytes([2])])
        #expect(feed.next() == .nothing)
        given.give(.bytes([3]))
        feed.windDown()
        #expect(await Self.pieces(feed, wakes, count: 2) == [.bytes([3]), .end])
        feed.close()
        #expect(given.isClosed)
    }

    @Test("The event loop makes no piece: it gets nothing until another thread has made one")
    func elsewhere() async {
        let given = Given()
        let feed = OffLoopFeed(given)
        let (wakes, woken) = AsyncStream<Void>.makeStream()
        feed.open { woken.yield() }
        given.give(.bytes([1]))
        #expect(feed.next() == .nothing)
        var turns = wakes.makeAsyncIterator()
        _ = await turns.next()
        #expect(feed.next() == .bytes([1]))
        feed.close()
    }
}
