import NIOCore
import SparringExchange
import Synchronization

/// A request's body that is passed on as it arrives. The connection writes the body, and the responder reads it.
///
/// The buffer is bounded: when it is full, the connection stops reading, and the client has to wait.
final class StreamingBody: Feed {
    private struct State {
        var waiting: [UInt8] = []
        var count = 0
        var endedAt: Moment?
        /// True if further bytes are dropped.
        var isClosed = false
        /// Wakes the reader when more bytes have arrived.
        var wake: (@Sendable () -> Void)?
        /// Called when there is room for bytes again.
        var whenTaken: (@Sendable () -> Void)?
    }

    private let state: Mutex<State>

    /// The maximum number of bytes that wait for a slow reader. One read of the connection can exceed this limit.
    private static let high = 256 * 1024

    /// - Parameter whenTaken: called when there is room again, on any thread.
    init(whenTaken: @escaping @Sendable () -> Void) { state = Mutex(State(whenTaken: whenTaken)) }

    // MARK: Writing

    /// Whether the connection should stop reading.
    var isFull: Bool { state.withLock { $0.waiting.count > Self.high } }

    func receive(_ bytes: ByteBuffer) {
        let wake = state.withLock { state -> (@Sendable () -> Void)? in
            state.count += bytes.readableBytes
            guard !state.isClosed else { return nil }
            bytes.withUnsafeReadableBytes { state.waiting.append(contentsOf: $0) }
            return state.wake
        }
        wake?()
    }

    /// Ends the body.
    func finish(at moment: Moment) {
        let wake = state.withLock { state in
            state.endedAt = moment
            return state.wake
        }
        wake?()
    }

    /// The time at which the whole body had arrived; nil before that.
    var endedAt: Moment? { state.withLock(\.endedAt) }

    /// The number of bytes that have arrived.
    var count: Int { state.withLock(\.count) }

    // MARK: Reading

    func open(_ wake: @escaping @Sendable () -> Void) { state.withLock { $0.wake = wake } }

    func next() -> FeedPiece {
        let (piece, whenTaken) = state.withLock { state -> (FeedPiece, (@Sendable () -> Void)?) in
            guard !state.waiting.isEmpty else { return (state.endedAt == nil ? .nothing : .end, nil) }
            let wasFull = state.waiting.count > Self.high
            var bytes: [UInt8] = []
            swap(&bytes, &state.waiting)
            return (.bytes(bytes), wasFull ? state.whenTaken : nil)
        }
        whenTaken?()
        return piece
    }

    /// Does nothing: a body ends by itself.
    func windDown() {}

    func close() {
        let whenTaken = state.withLock { state in
            defer {
                state.waiting = []
                state.isClosed = true
                (state.wake, state.whenTaken) = (nil, nil)
            }
            return state.whenTaken
        }
        whenTaken?()
    }
}

/// The destination of a body that is not collected.
enum BodyDestination {
    /// The intake takes the whole body, then the request is answered.
    case intake(UploadPump)
    /// The request is answered while the body arrives.
    case upload(StreamingBody)

    /// Whether the connection should stop reading.
    var isFull: Bool {
        switch self {
        case .intake(let pump): pump.isFull
        case .upload(let flow): flow.isFull
        }
    }

    func receive(_ bytes: ByteBuffer) {
        switch self {
        case .intake(let pump): pump.receive(bytes)
        case .upload(let flow): flow.receive(bytes)
        }
    }

    /// Called if the rest of the body will not arrive.
    func abandon() {
        switch self {
        case .intake(let pump): pump.abandon()
        // The reader of the upload ends together with the answer.
        case .upload: break
        }
    }
}
