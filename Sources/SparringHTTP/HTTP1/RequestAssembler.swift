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
    /// Whether somebody may want bodies of any kind as they come, not of forms alone.
    private let offersAll: Bool
    private var scanner = HeadScanner()
    private var chunks = ChunkScanner()
    private var head: HTTPRequestHead?
    /// What `Content-Length` announces; nil for chunked bodies and for none.
    private var length: Int?
    private var body = ByteBuffer()
    /// Of the body, so far.
    private var received = 0
    /// Set where somebody takes the body as it comes: then the most that it may be.
    private var diversion: Int?
    private var stamps = Timeline()
    private var struck: [Request.Struck] = []
    /// Whether the client waits for a 100 before it sends the body (RFC 9110 §10.1.1). A body that comes anyway settles it.
    private(set) var awaitsContinue = false

    init(limits: Limits, offersAll: Bool = false) {
        self.limits = limits
        self.offersAll = offersAll
    }

    /// Whether some, but not all, of a request has come.
    var hasBegun: Bool { !stamps.entries.isEmpty }
    var hasHead: Bool { head != nil }

    /// What is known of a request that is going wrong.
    var partial: (head: Request?, timeline: Timeline) {
        guard let head else { return (nil, stamps) }
        var request = request(head, body: [])
        request.struck = struck
        return (request, stamps)
    }

    /// Whether a body belongs to the head that has come.
    var expectsBody: Bool {
        guard let head else { return false }
        return head.headers.contains(name: "transfer-encoding") || (length ?? 0) > 0
    }

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
        /// The head of a request whose body may be large. Who wants to take that as it comes says so with `divert`.
        case large(Request)
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
            awaitsContinue = false
            received += bytes.readableBytes
            guard received <= diversion ?? limits.bodyBytes else {
                return .problem(.bodyTooLarge(limit: diversion ?? limits.bodyBytes))
            }
            guard diversion == nil else { return .bytes(bytes) }
            if body.readableBytes == 0 { body = bytes } else { body.writeBuffer(&bytes) }
            return .incomplete
        case .end:
            guard let head else { return .incomplete }
            stamps.stamp(.requestEnd, at: moment)
            var request = request(head, body: Array(body.readableBytesView))
            let timeline = stamps
            if diversion != nil { request.streamedBytes = received }
            request.struck = struck
            self = RequestAssembler(limits: limits, offersAll: offersAll)
            return .complete(request, timeline, isLast: !head.isKeepAlive || request.offersUpgrade)
        }
    }

    private mutating func add(_ head: HTTPRequestHead, at moment: Moment) -> Outcome {
        stamps.stamp(.requestHead, at: moment)
        self.head = head
        length = head.headers.first(name: "content-length").flatMap { Int($0) }
        let mayBeLarge = expectsBody && (length ?? .max) > Self.heldBody
        let mayBeDiverted = mayBeLarge && (offersAll || isForm(head))
        if !mayBeDiverted, let length, length > limits.bodyBytes {
            return .problem(.bodyTooLarge(limit: limits.bodyBytes))
        }
        // HTTP/1.0 knows no chunks: who reads it so would see another body (RFC 9112 §6.1).
        if head.version.minor == 0, head.headers.contains(name: "transfer-encoding") {
            return .problem(.malformed("HTTP/1.0 has no Transfer-Encoding"))
        }
        // Nor interim responses.
        awaitsContinue = head.version.minor >= 1 && head.headers.first(name: "expect")?.lowercased() == "100-continue"
        return mayBeDiverted ? .large(request(head, body: [])) : .incomplete
    }

    /// A body of so many bytes is always collected.
    static let heldBody = 64 * 1024

    private func isForm(_ head: HTTPRequestHead) -> Bool {
        head.headers.first(name: "content-type")?.lowercased().hasPrefix("multipart/form-data") ?? false
    }

    /// Somebody takes the body as it comes, or nobody does, and it is collected.
    /// - Parameter limit: what it may come to; nil where nobody takes it.
    /// - Returns: what is wrong with its length.
    mutating func divert(limit: Int?) -> RequestProblem? {
        diversion = limit
        let limit = limit ?? limits.bodyBytes
        guard let length, length > limit else { return nil }
        return .bodyTooLarge(limit: limit)
    }

    /// What befell the request that is coming, before its body.
    mutating func strike(_ struck: Request.Struck) { self.struck.append(struck) }

    /// The client has been told to go on.
    mutating func continued() { awaitsContinue = false }

    private func request(_ head: HTTPRequestHead, body: [UInt8]) -> Request {
        Request(
            method: head.method.rawValue, target: head.uri, version: head.version.minor == 0 ? .http10 : .http11,
            headers: HeaderFields(head.headers.map { HeaderFields.Field($0.name, $0.value) }), body: body)
    }
}

extension Request {
    /// Whether what follows may be in another protocol: the decoder stops for good after it. The JDK's client offers h2c with
    /// every first request.
    fileprivate var offersUpgrade: Bool {
        method == "CONNECT"
            || headers.contains("upgrade") && (headers["connection"]?.lowercased().contains("upgrade") ?? false)
    }
}
