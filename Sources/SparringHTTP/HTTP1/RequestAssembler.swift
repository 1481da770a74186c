import NIOCore
import NIOHTTP1
import SparringExchange
import SparringWire

/// Assembles requests, one after the other, within limits. It is a value without a channel, so that it can be tested
/// alone.
///
/// Works before and after the decoder. Before it, cuts the raw input into pieces, so that heads and bodies are measured
/// separately. After it, assembles the decoded parts.
struct RequestAssembler {
    private let limits: ConnectionLimits
    private var scanner = HeadScanner()
    private var chunks = ChunkScanner()
    /// The request without its body, once its head has arrived.
    private(set) var head: Request?
    private var keepsAlive = true
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

    init(limits: ConnectionLimits) { self.limits = limits }

    /// Whether a part of a request has arrived.
    var hasBegun: Bool { !stamps.entries.isEmpty }
    var hasHead: Bool { head != nil }

    /// The known part of an incomplete request.
    var partial: (head: Request?, timeline: Timeline) { (head, stamps) }

    // MARK: Before the decoder

    enum Piece {
        case decode(ByteBuffer)
        case problem(RequestProblem)
    }

    /// Takes the bytes of one head or of one body from `bytes`, which must not be empty.
    mutating func nextPiece(of bytes: inout ByteBuffer, at moment: Moment) -> Piece {
        var count = bytes.readableBytes
        if head != nil {
            if let length {
                count = min(count, max(length - received, 1))
            } else {
                if case .ends(let end) = bytes.withUnsafeReadableBytes({ chunks.scan($0) }) { count = end }
                guard chunks.framing <= limits.headBytes else {
                    return .problem(.headTooLarge(limit: limits.headBytes))
                }
            }
        } else {
            switch bytes.withUnsafeReadableBytes({ scanner.scan($0) }) {
            case .goesOn: break
            // If the rest of the bytes belongs to the body, no cut is needed.
            case .ends(let end): count = count - end <= scanner.announcedLength ?? 0 ? count : end
            case .notUTF8: return .problem(.malformed("the head has bytes that are not UTF-8"))
            }
            if !hasBegun, scanner.count > 0 { begin(at: moment) }
            guard scanner.count <= limits.headBytes else { return .problem(.headTooLarge(limit: limits.headBytes)) }
        }
        guard count < bytes.readableBytes, let piece = bytes.readSlice(length: count) else {
            defer { bytes.clear() }
            return .decode(bytes)
        }
        return .decode(piece)
    }

    private mutating func begin(at moment: Moment) {
        // An exchange without faults has six events.
        stamps.entries.reserveCapacity(6)
        stamps.stamp(.requestStart, at: moment)
    }

    // MARK: After the decoder

    enum Outcome {
        case incomplete
        /// The head has arrived.
        /// - Parameter hasLongBody: the body may be longer than `heldBody`; `divert` passes it on as it arrives.
        case head(hasLongBody: Bool)
        /// The bytes of a diverted body.
        case bytes(ByteBuffer)
        /// - Parameter isLast: true if the decoder accepts no further request on this connection.
        case complete(Request, Timeline, isLast: Bool)
        case problem(RequestProblem)
    }

    mutating func add(_ part: HTTPServerRequestPart, at moment: Moment) -> Outcome {
        switch part {
        case .head(let head): return add(head, at: moment)
        case .body(var bytes):
            received += bytes.readableBytes
            guard received <= diversion ?? limits.bodyBytes else {
                return .problem(.bodyTooLarge(limit: diversion ?? limits.bodyBytes))
            }
            guard diversion == nil else { return .bytes(bytes) }
            if body.readableBytes == 0 { body = bytes } else { body.writeBuffer(&bytes) }
            return .incomplete
        case .end:
            guard var request = head.take() else { return .incomplete }
            stamps.stamp(.requestEnd, at: moment)
            if diversion == nil {
                request.body = Array(body.readableBytesView)
            } else {
                request.streamedBytes = received
            }
            let (timeline, isLast) = (stamps, !keepsAlive || request.offersUpgrade)
            self = RequestAssembler(limits: limits)
            return .complete(request, timeline, isLast: isLast)
        }
    }

    private mutating func add(_ head: HTTPRequestHead, at moment: Moment) -> Outcome {
        stamps.stamp(.requestHead, at: moment)
        self.head = Request(head)
        keepsAlive = head.isKeepAlive
        length = head.headers.first(name: "content-length").flatMap { Int($0) }
        expectsBody = (length ?? 0) > 0 || head.headers.contains(name: "transfer-encoding")
        // HTTP/1.0 has no chunks, so an HTTP/1.0 peer would read a different body (RFC 9112 §6.1).
        if head.version.minor == 0, head.headers.contains(name: "transfer-encoding") {
            return .problem(.malformed("HTTP/1.0 has no Transfer-Encoding"))
        }
        // HTTP/1.0 has no interim responses either.
        expectsContinue = head.version.minor >= 1 && head.headers.first(name: "expect")?.lowercased() == "100-continue"
        return .head(hasLongBody: expectsBody && (length ?? .max) > Self.heldBody)
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

    /// Notes a fault that is applied before the body.
    mutating func strike(_ struck: Request.Struck) { head?.struck.append(struck) }
}

extension Request {
    fileprivate init(_ head: HTTPRequestHead) {
        self.init(
            method: head.method.rawValue, target: head.uri, version: head.version.minor == 0 ? .http10 : .http11,
            headers: HeaderFields(head.headers.map { HeaderFields.Field($0.name, $0.value) }))
    }

    /// Whether the bytes after the request may be in another protocol. The decoder then stops permanently. The JDK's
    /// client offers h2c with every first request.
    fileprivate var offersUpgrade: Bool {
        method == "CONNECT"
            || headers.contains("upgrade") && (headers["connection"]?.lowercased().contains("upgrade") ?? false)
    }
}
