import NIOCore
import NIOHPACK
import SparringExchange
import SparringWire

/// Puts the request of one stream together, within limits. What `RequestAssembler` is to a connection of HTTP/1, without its bytes:
/// frames have their bounds already. A value without a channel: testable alone.
struct StreamRequest {
    private let limits: Limits
    private(set) var head: Request?
    private var body = ByteBuffer()
    private var received = 0
    /// What `content-length` says.
    private var length: Int?
    /// Set where somebody takes the body as it comes: then the most that it may be.
    private var diversion: Int?
    private(set) var timeline = Timeline()
    /// Whether the client waits for a 100 before it sends the body (RFC 9110 §10.1.1). A body that comes anyway settles it.
    private(set) var awaitsContinue = false

    init(limits: Limits) { self.limits = limits }

    /// - Returns: why it cannot be served.
    mutating func begin(_ fields: HPACKHeaders, at moment: Moment) -> RequestProblem? {
        timeline.entries.reserveCapacity(6)
        timeline.stamp(.requestStart, at: moment)
        timeline.stamp(.requestHead, at: moment)
        let request = Request(fields)
        head = request
        length = request.headers["content-length"].flatMap { Int($0) }
        guard fields.listSize <= limits.headBytes else { return .headTooLarge(limit: limits.headBytes) }
        if let length, length > limits.bodyBytes, !mayBeDiverted { return .bodyTooLarge(limit: limits.bodyBytes) }
        awaitsContinue = request.headers["expect"]?.lowercased() == "100-continue"
        return nil
    }

    /// Whether it is the head of a form whose body may be large. Who wants to take that as it comes says so with `divert`.
    var mayBeDiverted: Bool {
        guard let head, (length ?? .max) > RequestAssembler.heldForm else { return false }
        return head.headers["content-type"]?.lowercased().hasPrefix("multipart/form-data") ?? false
    }

    /// As `RequestAssembler.divert`.
    mutating func divert(limit: Int?) -> RequestProblem? {
        diversion = limit
        let limit = limit ?? limits.bodyBytes
        guard let length, length > limit else { return nil }
        return .bodyTooLarge(limit: limit)
    }

    mutating func add(_ bytes: ByteBuffer) -> RequestProblem? {
        awaitsContinue = false
        received += bytes.readableBytes
        let limit = diversion ?? limits.bodyBytes
        guard received <= limit else { return .bodyTooLarge(limit: limit) }
        guard diversion == nil else { return nil }
        var bytes = bytes
        if body.readableBytes == 0 { body = bytes } else { body.writeBuffer(&bytes) }
        return nil
    }

    /// The client has said all (END_STREAM).
    mutating func end(at moment: Moment) -> RequestProblem? {
        timeline.stamp(.requestEnd, at: moment)
        awaitsContinue = false
        if diversion != nil { head?.streamedBytes = received } else { head?.body = Array(body.readableBytesView) }
        body = ByteBuffer()
        // RFC 9113 §8.1.1
        guard let length, length != received else { return nil }
        return .malformed("content-length says \(length), and \(received) bytes have come")
    }

    /// What befell it before its body.
    mutating func strike(_ struck: Request.Struck) { head?.struck.append(struck) }

    /// The client has been told to go on.
    mutating func continued() { awaitsContinue = false }
}

extension Request {
    /// NIOHTTP2 has looked at the fields: each pseudo-header is there once (RFC 9113 §8.3.1).
    fileprivate init(_ fields: HPACKHeaders) {
        self.init(
            method: fields.first(name: ":method") ?? "", target: fields.first(name: ":path") ?? "", version: .http2)
        for field in fields where !field.name.hasPrefix(":") { headers.append(field.name, field.value) }
        // It takes the place of Host, and means the same.
        if let authority = fields.first(name: ":authority"), !headers.contains("host") {
            headers.fields.insert(HeaderFields.Field("host", authority), at: 0)
        }
    }
}

extension HPACKHeaders {
    /// As SETTINGS_MAX_HEADER_LIST_SIZE counts (RFC 9113 §6.5.2).
    fileprivate var listSize: Int { reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 32 } }
}
