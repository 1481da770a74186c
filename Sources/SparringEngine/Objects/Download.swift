import SparringExchange
import Synchronization

/// The body of an answer that is read from the store piece by piece, off the event loop, while the previous piece is
/// being sent.
final class Download: Feed {
    private struct State {
        var reader: ByteReader
        var piece: [UInt8]?
        var hasEnded = false
        var isReading = false
        var wake: (@Sendable () -> Void)?
    }

    private let state: Mutex<State>

    init(_ content: StoredBytes, in store: any ObjectStore) {
        state = Mutex(State(reader: ByteReader(content, in: store)))
    }

    func open(_ wake: @escaping @Sendable () -> Void) {
        state.withLock { $0.wake = wake }
        readAhead()
    }

    func next() -> FeedPiece {
        let piece = state.withLock { state -> FeedPiece in
            guard let piece = state.piece else { return state.hasEnded ? .end : .nothing }
            state.piece = nil
            return .bytes(piece)
        }
        if case .bytes = piece { readAhead() }
        return piece
    }

    private func readAhead() {
        let reader = state.withLock { state -> ByteReader? in
            guard state.piece == nil, !state.isReading, !state.hasEnded else { return nil }
            state.isReading = true
            return state.reader
        }
        guard var reader else { return }
        // An unstructured task, because an event loop must not wait for a disk.
        Task {
            // If the store fails, the body ends before its announced length, which clients detect.
            let bytes = (try? reader.next()) ?? []
            let wake = state.withLock { state in
                state.reader = reader
                state.isReading = false
                if bytes.isEmpty { state.hasEnded = true } else { state.piece = bytes }
                return state.wake
            }
            wake?()
        }
    }

    /// Does nothing, because a download ends by itself.
    func windDown() {}

    func close() { state.withLock { $0.hasEnded = true } }
}
