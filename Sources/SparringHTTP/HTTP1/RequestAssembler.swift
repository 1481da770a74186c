import NIOCore
import SparringExchange
import SparringWire

/// Assembles requests, one after the other, within limits. The assembler is a value without a channel, so that it can be tested alone.
struct RequestAssembler {
    private let limits: ConnectionLimits
    private let heads: HeadMemo
    private var reader: RequestReader
    /// The request without its body, once its head has arrived.
    private(set) var head: Request?
    private var isLast = false
    /// Whether the request with that head has a body.
    private(set) var expectsBody = false
    /// Whether the client asks for a 100 Continue (RFC 9110 §10.1.1).
    private(set) var expectsContinue = false
    /// The value of `Content-Length`; nil for a chunked body and without a body.
    private var length: Int?
    private var body = ByteBuffer()
    /// The number of bytes of the body so far.
    private var received = 0
    /// The limit of a body that is passed on as it arrives.
    private var diversion: Int?
    private var stamps = Timeline()

    /// - Parameter heads: the heads that are remembered on this event loop.
    init(limits: ConnectionLimits, heads: HeadMemo) {
        self.limits = limits
        self.heads = heads
        reader = RequestReader(limit: limits.headBytes, memo: heads)
    }

    /// Whether a part of a request has arrived.
    var hasBegun: Bool { !stamps.entries.isEmpty }
    var hasHead: Bool { head != nil }

    /// Whether the request would be cut short if the client closed its side now.
    var isIncomplete: Bool { reader.isIncomplete }

    /// The part that has arrived of an incomplete request.
    var partial: (head: Request?, timeline: Timeline) { (head, stamps) }

    enum Outcome {
        /// The head has arrived.
        /// - Parameter hasLongBody: the body may be longer than `heldBody`; `divert` passes it on as it arrives.
        case head(hasLongBody: Bool)
        /// Bytes of the body have been collected.
        case collected
        /// The bytes of a diverted body.
        case bytes(ByteBuffer)
        /// - Parameter isLast: true if no further request follows on this connection.
        case complete(Request, Timeline, isLast: Bool)
        case problem(RequestProblem)
    }

    /// Takes the next part of a request from the bytes; nil if they have all been taken.
    mutating func next(from bytes: inout ByteBuffer, at moment: Moment) -> Outcome? {
        let part = reader.next(from: &bytes)
        if reader.hasBegun, !hasBegun { begin(at: moment) }
        switch part {
        case nil: return nil
        case .head(let head): return add(head, at: moment)
        case .body(let bytes): return add(bytes)
        case .end: return complete(at: moment)
        case .problem(let problem): return .problem(problem)
        }
    }

    private mutating func begin(at moment: Moment) {
        // An exchange without faults has six events.
        stamps.entries.reserveCapacity(6)
        stamps.stamp(.requestStart, at: moment)
    }

    private mutating func add(_ head: RequestHead, at moment: Moment) -> Outcome {
        stamps.stamp(.requestHead, at: moment)
        self.head = head.request
        (isLast, length, expectsContinue) = (head.isLast, head.length, head.expectsContinue)
        expectsBody = head.isChunked || (length ?? 0) > 0
        return .head(hasLongBody: expectsBody && (length ?? .max) > Self.heldBody)
    }

    private mutating func add(_ bytes: ByteBuffer) -> Outcome {
        received += bytes.readableBytes
        guard received <= diversion ?? limits.bodyBytes else {
            return .problem(.bodyTooLarge(limit: diversion ?? limits.bodyBytes))
        }
        guard diversion == nil else { return .bytes(bytes) }
        var bytes = bytes
        if body.readableBytes == 0 { body = bytes } else { body.writeBuffer(&bytes) }
        return .collected
    }

    private mutating func complete(at moment: Moment) -> Outcome? {
        guard var request = head.take() else { return nil }
        stamps.stamp(.requestEnd, at: moment)
        if diversion == nil {
            request.body = Array(body.readableBytesView)
        } else {
            request.streamedBytes = received
        }
        let (timeline, isLast) = (stamps, isLast)
        self = RequestAssembler(limits: limits, heads: heads)
        return .complete(request, timeline, isLast: isLast)
    }

    /// A body of up to this many bytes is always collected.
    static let heldBody = 64 * 1024

    /// The reason why the announced length is too large; nil if it is not.
    /// - Parameter limit: the largest body; if nil, the limit of collected bodies.
    func problem(limit: Int?) -> RequestProblem? {
        let limit = limit ?? limits.bodyBytes
        guard let length, length > limit else { return nil }
        return .bodyTooLarge(limit: limit)
    }

    /// Passes the body on as it arrives, instead of collecting it.
    /// - Parameter limit: the largest body.
    mutating func divert(limit: Int) { diversion = limit }

    /// Records a fault that is applied before the body.
    mutating func strike(_ struck: Request.Struck) { head?.struck.append(struck) }
}
