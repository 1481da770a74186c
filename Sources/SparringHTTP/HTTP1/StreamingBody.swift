import NIOCore
import SparringExchange
import Synchronization

/// A request's body that is passed on while it comes: the connection brings it, whoever answers takes it.
///
/// What waits is bounded: beyond it the connection reads nothing more, and the client has to wait.
final class StreamingBody: Feed {
    private struct State {
        var waiting: [UInt8] = []
        var count = 0
        var endedAt: Moment?
        /// Nobody takes what comes from now on.
        var isClosed = false
        /// Tells who takes it that there is something again.
        var wake: (@Sendable () -> Void)?
        /// Tells who brings it that there is room again.
        var whenTaken: (@Sendable () -> Void)?
    }

    private let state: Mutex<State>

    /// In bytes: so much waits for a slow taker, and no more than a read on top of it.
    private static let high = 256 * 1024

    /// - Parameter whenTaken: called when there is room again; on any thread.
    init(whenTaken: @escaping @Sendable () -> Void) { state = Mutex(State(whenTaken: whenTaken)) }

    // MARK: Bringing

    /// Nothing more should be read for the moment.
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

    /// All of it has come.
    func finish(at moment: Moment) {
        let wake = state.withLock { state in
            state.endedAt = moment
            return state.wake
        }
        wake?()
    }

    /// When all of it had come; nil as long as it has not.
    var endedAt: Moment? { state.withLock(\.endedAt) }

    /// Bytes that have come.
    var count: Int { state.withLock(\.count) }

    // MARK: Taking

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

    /// A body has an end of its own.
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

/// Where a body goes that is not collected.
enum BodyDestination {
    /// It is taken to its end, and the request answered then.
    case intake(UploadPump)
    /// The request is answered while it comes.
    case upload(StreamingBody)

    /// Nothing more should be read for the moment.
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

    /// The rest will not come.
    func abandon() {
        switch self {
        case .intake(let pump): pump.abandon()
        // Who takes it ends with the answer.
        case .upload: break
        }
    }
}
