import NIOCore
import NIOHTTP1
import SparringExchange
import SparringWire

/// Puts a request together from the decoder's parts, within limits. A value without a channel: testable alone.
struct RequestAssembler {
    private let limits: Limits
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()
    private var stamps = Timeline()

    init(limits: Limits) { self.limits = limits }

    enum Outcome {
        case incomplete
        /// The client waits for a 100 before it sends the body (RFC 9110 §10.1.1).
        case wantsContinue
        case complete(Request, Timeline)
        case problem(RequestProblem, Request)
    }

    /// The first byte of a request has come.
    mutating func begin(at moment: Moment) {
        stamps = Timeline()
        stamps.entries.reserveCapacity(8)
        stamps.stamp(.requestStart, at: moment)
    }

    var hasHead: Bool { head != nil }

    /// What is known of the request so far.
    func partial() -> (Request, Timeline)? { head.map { (request($0, body: []), stamps) } }

    mutating func add(_ part: HTTPServerRequestPart, at moment: Moment) -> Outcome {
        switch part {
        case .head(let head):
            if stamps.entries.isEmpty { stamps.stamp(.requestStart, at: moment) }
            stamps.stamp(.requestHead, at: moment)
            self.head = head
            if let length = head.headers.first(name: "content-length").flatMap({ Int($0) }), length > limits.bodyBytes {
                return .problem(.bodyTooLarge(limit: limits.bodyBytes), request(head, body: []))
            }
            return head.headers.first(name: "expect")?.lowercased() == "100-continue" ? .wantsContinue : .incomplete
        case .body(var bytes):
            guard let head else { return .incomplete }
            guard body.readableBytes + bytes.readableBytes <= limits.bodyBytes else {
                return .problem(.bodyTooLarge(limit: limits.bodyBytes), request(head, body: []))
            }
            if body.readableBytes == 0 { body = bytes } else { body.writeBuffer(&bytes) }
            return .incomplete
        case .end:
            guard let head else { return .incomplete }
            stamps.stamp(.requestEnd, at: moment)
            let complete = Outcome.complete(request(head, body: Array(body.readableBytesView)), stamps)
            self = RequestAssembler(limits: limits)
            return complete
        }
    }

    private func request(_ head: HTTPRequestHead, body: [UInt8]) -> Request {
        Request(
            method: head.method.rawValue, target: head.uri, minorVersion: head.version.minor,
            headers: HeaderFields(head.headers.map { HeaderFields.Field($0.name, $0.value) }), body: body)
    }
}
