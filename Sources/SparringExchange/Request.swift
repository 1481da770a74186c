package import SparringWire
import Synchronization

/// A complete request, as received.
///
/// Each stage of an answer copies the request, so a request has few parts: a copy takes references to a head, a body, and the rare parts.
package struct Request: Sendable {
    private var head: Head
    package var body: [UInt8]
    /// The rare parts; nil for most requests.
    private var rare: Rare?
    /// The length of a body that is not in `body`.
    package var streamedBytes = 0
    /// Whether the request arrived over TLS.
    package var isSecure = false

    /// The properties that every request has, and that seldom change after it was read.
    private final class Head: Sendable {
        let method: String
        let target: String
        let version: HTTPVersion
        let headers: HeaderFields
        let facts = Mutex<HeadFacts?>(nil)

        init(method: String, target: String, version: HTTPVersion, headers: HeaderFields) {
            self.method = method
            self.target = target
            self.version = version
            self.headers = headers
        }
    }

    /// The properties that only few requests have.
    private final class Rare: Sendable {
        let intake: (any BodyIntake)?
        let upload: (any Feed & AnyObject)?
        let struck: [Struck]
        let event: String?

        init(intake: (any BodyIntake)?, upload: (any Feed & AnyObject)?, struck: [Struck], event: String?) {
            self.intake = intake
            self.upload = upload
            self.struck = struck
            self.event = event
        }
    }

    /// A fault that was applied between head and body.
    package struct Struck: Sendable, Hashable {
        package var fault: Fault
        /// The reason why the fault took no effect; nil if it took effect.
        package var missed: String?

        package init(_ fault: Fault, missed: String? = nil) {
            self.fault = fault
            self.missed = missed
        }
    }

    package init(
        method: String, target: String, version: HTTPVersion = .http11, headers: HeaderFields = [:], body: [UInt8] = []
    ) {
        head = Head(method: method, target: target, version: version, headers: headers)
        self.body = body
    }
}

/// The head.
extension Request {
    package var method: String {
        get { head.method }
        set { head = Head(method: newValue, target: target, version: version, headers: headers) }
    }

    /// The request target as received, including the query.
    package var target: String {
        get { head.target }
        set { head = Head(method: method, target: newValue, version: version, headers: headers) }
    }

    package var version: HTTPVersion {
        get { head.version }
        set { head = Head(method: method, target: target, version: newValue, headers: headers) }
    }

    package var headers: HeaderFields {
        get { head.headers }
        set { head = Head(method: method, target: target, version: version, headers: newValue) }
    }

    /// The minor version of HTTP/1. HTTP/2 requests are answered like requests of HTTP/1.1.
    package var minorVersion: Int { version.minorVersion }

    /// The facts about the head; nil if none are kept.
    package var facts: HeadFacts? { head.facts.withLock { $0 } }

    /// Keeps facts about the head, for all requests that share it.
    /// - Returns: the facts that are kept: those that came first.
    package func keep(_ facts: HeadFacts) -> HeadFacts {
        head.facts.withLock { kept in
            kept = kept ?? facts
            return kept ?? facts
        }
    }

    /// The target without its query.
    package var path: Substring { target[..<(target.firstIndex(ofByte: UInt8(ascii: "?")) ?? target.endIndex)] }
}

/// The body and the rare parts.
extension Request {
    /// The length of the body, whether it is in memory or not.
    package var bodyBytes: Int { body.count + streamedBytes }

    /// The intake that has taken the body; if there is one, `body` is empty.
    package var intake: (any BodyIntake)? {
        get { rare?.intake }
        set { rare = Rare(intake: newValue, upload: upload, struck: struck, event: event) }
    }

    /// The body, if it is still arriving. The responder reads the arriving body from this feed, on the connection's event loop. Bytes that
    /// the responder does not read stay unread on the connection. While the body is arriving, `body` is empty.
    package var upload: (any Feed & AnyObject)? {
        get { rare?.upload }
        set { rare = Rare(intake: intake, upload: newValue, struck: struck, event: event) }
    }

    /// The faults applied before the body was read.
    package var struck: [Struck] {
        get { rare?.struck ?? [] }
        set { rare = Rare(intake: intake, upload: upload, struck: newValue, event: event) }
    }

    /// The type of the client's event if the request arrived as a message on a WebSocket: `response.create`. If there is an event, `body`
    /// is the message, and the head is that of the handshake. The event is nil for an HTTP request.
    package var event: String? {
        get { rare?.event }
        set { rare = Rare(intake: intake, upload: upload, struck: struck, event: newValue) }
    }
}
