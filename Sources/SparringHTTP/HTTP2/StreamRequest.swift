import NIOCore
import NIOHPACK
import SparringExchange
import SparringWire

/// Assembles the request of one stream, within limits. The counterpart of `RequestAssembler` for HTTP/1; it needs no
/// raw bytes, because frames have boundaries. A value without a channel, so that it can be tested alone.
struct StreamRequest {
    private let limits: ConnectionLimits
    private(set) var head: Request?
    private var body = ByteBuffer()
    private var received = 0
    /// The value of `content-length`.
    private var length: Int?
    /// The limit of a body that is passed on as it arrives.
    private var diversion: Int?
    private(set) var timeline = Timeline()
    /// Whether the client asks for a 100 Continue (RFC 9110 §10.1.1).
    private(set) var expectsContinue = false

    init(limits: ConnectionLimits) { self.limits = limits }

    /// - Returns: the reason why the request cannot be served; nil if it can.
    mutating func begin(_ fields: HPACKHeaders, at moment: Moment) -> RequestProblem? {
        timeline.entries.reserveCapacity(6)
        timeline.stamp(.requestStart, at: moment)
        timeline.stamp(.requestHead, at: moment)
        let request = Request(fields)
        head = request
        length = request.headers["content-length"].flatMap { Int($0) }
        guard fields.listSize <= limits.headBytes else { return .headTooLarge(limit: limits.headBytes) }
        expectsContinue = request.headers["expect"]?.lowercased() == "100-continue"
        return nil
    }

    /// Whether the body may be longer than the bodies that are always collected.
    var hasLongBody: Bool { (length ?? .max) > RequestAssembler.heldBody }

    /// Like `RequestAssembler.problem`.
    func problem(limit: Int?) -> RequestProblem? {
        let limit = limit ?? limits.bodyBytes
        guard let length, length > limit else { return nil }
        return .bodyTooLarge(limit: limit)
    }

    /// Like `RequestAssembler.divert`.
    mutating func divert(limit: Int) { diversion = limit }

    mutating func add(_ bytes: ByteBuffer) -> RequestProblem? {
        received += bytes.readableBytes
        let limit = diversion ?? limits.bodyBytes
        guard received <= limit else { return .bodyTooLarge(limit: limit) }
        guard diversion == nil else { return nil }
        var bytes = bytes
        if body.readableBytes == 0 { body = bytes } else { body.writeBuffer(&bytes) }
        return nil
    }

    /// The client has ended its side of the stream (END_STREAM).
    mutating func end(at moment: Moment) -> RequestProblem? {
        timeline.stamp(.requestEnd, at: moment)
        if diversion != nil { head?.streamedBytes = received } else { head?.body = Array(body.readableBytesView) }
        body = ByteBuffer()
        // RFC 9113 §8.1.1
        guard let length, length != received else { return nil }
        return .malformed("content-length is \(length), but the body has \(received) bytes")
    }

    /// Adds a fault that is applied before the body.
    mutating func strike(_ struck: Request.Struck) { head?.struck.append(struck) }
}

extension Request {
    /// NIOHTTP2 has validated the fields: each pseudo-header is present once (RFC 9113 §8.3.1).
    fileprivate init(_ fields: HPACKHeaders) {
        self.init(
            method: fields.first(name: ":method") ?? "", target: fields.first(name: ":path") ?? "", version: .http2)
        for field in fields where !field.name.hasPrefix(":") { headers.append(field.name, field.value) }
        // `:authority` replaces Host and has the same meaning as Host.
        if let authority = fields.first(name: ":authority"), !headers.contains("host") {
            headers.fields.insert(HeaderFields.Field("host", authority), at: 0)
        }
    }
}

extension HPACKHeaders {
    /// The size as SETTINGS_MAX_HEADER_LIST_SIZE counts it (RFC 9113 §6.5.2).
    fileprivate var listSize: Int { reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 32 } }
}
