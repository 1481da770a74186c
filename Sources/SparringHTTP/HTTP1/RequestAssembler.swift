import NIOCore
import NIOHTTP1
import SparringExchange
import SparringWire

/// Puts requests together, one after the other, within limits. A value without a channel: testable alone.
///
/// It is asked twice: for the next piece of raw input that the decoder may see, so that heads and bodies are measured apart, and
/// for what the decoder has made of it.
struct RequestAssembler {
    private let limits: Limits
    private var scanner = HeadScanner()
    private var chunks = ChunkScanner()
    /// The request without its body, once its head has come.
    private(set) var head: Request?
    private var keepsAlive = true
    /// Whether a body belongs to the head that has come.
    private(set) var expectsBody = false
    /// Whether the client asks for a 100 Continue (RFC 9110 §10.1.1).
    private(set) var expectsContinue = false
    /// What `Content-Length` announces; nil for chunked bodies and for none.
    private var length: Int?
    private var body = ByteBuffer()
    /// Of the body, so far.
    private var received = 0
    /// The most that the body may come to, if it is passed on while it comes.
    private var diversion: Int?
    private var stamps = Timeline()

    init(limits: Limits) { self.limits = limits }

    /// Whether some, but not all, of a request has come.
    var hasBegun: Bool { !stamps.entries.isEmpty }
    var hasHead: Bool { head != nil }

    /// What is known of a request that is not complete.
    var partial: (head: Request?, timeline: Timeline) { (head, stamps) }

    // MARK: Before the decoder

    enum Piece {
        case decode(ByteBuffer)
        case problem(RequestProblem)
    }

    /// Takes from `bytes` what belongs to one head or one body. `bytes` must not be empty.
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
            // A body that is all that is left needs no cut.
            case .ends(let end): count = count - end <= scanner.announcedLength ?? 0 ? count : end
            case .notUTF8: return .problem(.malformed("the head holds bytes that are not UTF-8"))
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
        // An undisturbed exchange has six happenings.
        stamps.entries.reserveCapacity(6)
        stamps.stamp(.requestStart, at: moment)
    }

    // MARK: After the decoder

    enum Outcome {
        case incomplete
        /// `head` has come.
        /// - Parameter hasLongBody: the body may be longer than `heldBody`. `divert` has it passed on while it comes.
        case head(hasLongBody: Bool)
        /// Of a body that was diverted.
        case bytes(ByteBuffer)
        /// - Parameter isLast: the decoder takes no further request on this connection.
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
        // HTTP/1.0 knows no chunks: who reads it so would see another body (RFC 9112 §6.1).
        if head.version.minor == 0, head.headers.contains(name: "transfer-encoding") {
            return .problem(.malformed("HTTP/1.0 has no Transfer-Encoding"))
        }
        // Nor interim responses.
        expectsContinue = head.version.minor >= 1 && head.headers.first(name: "expect")?.lowercased() == "100-continue"
        return .head(hasLongBody: expectsBody && (length ?? .max) > Self.heldBody)
    }

    /// A body of so many bytes is always collected.
    static let heldBody = 64 * 1024

    /// What is wrong with the length that is announced.
    /// - Parameter limit: the most that the body may come to; nil: as much as is collected.
    func problem(limit: Int?) -> RequestProblem? {
        let limit = limit ?? limits.bodyBytes
        guard let length, length > limit else { return nil }
        return .bodyTooLarge(limit: limit)
    }

    /// Passes the body on while it comes: it is not collected.
    /// - Parameter limit: the most that it may come to.
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

    /// Whether what follows may be in another protocol: the decoder stops for good after it. The JDK's client offers h2c with
    /// every first request.
    fileprivate var offersUpgrade: Bool {
        method == "CONNECT"
            || headers.contains("upgrade") && (headers["connection"]?.lowercased().contains("upgrade") ?? false)
    }
}
