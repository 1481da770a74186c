import SparringExchange
import Synchronization

/// Makes the pieces of another feed off the event loop, because the loop also sends answers, and making a line of the journal takes almost
/// as long as an answer. Pieces are at least `interval` apart, so that under load many lines share one piece and the loop is
/// woken once for all of them. After an interval without pieces, a new piece is made at once.
final class OffLoopFeed: Feed {
    private struct State {
        var piece: FeedPiece?
        /// Whether a piece is being made, or the other feed has been asked for a piece and will call `wake`.
        var isAsked = false
        var latest: ContinuousClock.Instant?
        var wake: (@Sendable () -> Void)?
    }

    private let feed: any Feed
    private let interval: Duration
    private let state = Mutex(State())

    /// - Parameter feed: its functions may be called on any thread.
    init(_ feed: any Feed, interval: Duration = .milliseconds(20)) {
        self.feed = feed
        self.interval = interval
    }

    func open(_ wake: @escaping @Sendable () -> Void) {
        state.withLock { $0.wake = wake }
        // `close` makes the feed release this closure.
        feed.open { self.ask() }
    }

    func next() -> FeedPiece {
        let (piece, isFirst) = state.withLock { state -> (FeedPiece, Bool) in
            if let piece = state.piece {
                state.piece = nil
                return (piece, false)
            }
            defer { state.isAsked = true }
            return (.nothing, !state.isAsked)
        }
        if isFirst { ask() }
        return piece
    }

    func windDown() { feed.windDown() }

    func close() {
        feed.close()
        state.withLock { ($0.piece, $0.wake) = (nil, nil) }
    }

    /// Asks the feed for a piece on another thread. If the feed has no piece, it calls `ask` again when it has a piece.
    private func ask() {
        let wait = state.withLock { state in
            state.latest.map { interval - ($0.duration(to: .now)) } ?? .zero
        }
        // An unstructured task, because an event loop cannot wait for a task.
        Task {
            if wait > .zero { try? await Task.sleep(for: wait) }
            let piece = feed.next()
            if case .nothing = piece { return }
            let wake = state.withLock { state in
                (state.piece, state.isAsked, state.latest) = (piece, false, .now)
                return state.wake
            }
            wake?()
        }
    }
}
