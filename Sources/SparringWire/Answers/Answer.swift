/// An answer before it is written in a protocol: without framing, pace and faults.
///
/// `headers` has no `Content-Length`, `Transfer-Encoding`, `Connection` and `Date`: framing adds them.
package struct Answer: Sendable, Hashable {
    package var status: Int
    package var headers: HeaderFields
    package var body: Body
    /// The billed usage; nil for answers that no model gave.
    package var usage: Usage?
    /// The error's code as in the body, or the error's type if it has no code; nil for answers that are not API errors.
    package var error: String?
    /// Payload faults that take effect with the whole answer.
    package var faults: [FaultID] = []

    package enum Body: Sendable, Hashable {
        case none
        case whole([UInt8])
        /// Server-sent events, in order.
        case events([Event])
    }

    package init(status: Int, headers: HeaderFields = [:], body: Body = .none) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A copy of the answer with this usage.
    package func using(_ usage: Usage?) -> Answer {
        var answer = self
        answer.usage = usage
        return answer
    }
}

/// One server-sent event: an optional `event:` line and one `data:` line (WHATWG HTML §9.2).
package struct Event: Sendable, Hashable {
    /// What the event means to the API. Points such as `first_content`, `content 3` and `done` count only events of one kind.
    package enum Kind: Sendable, Hashable {
        /// An event before, between or after the content: a role chunk, an item snapshot or the usage.
        case frame
        /// The event carries content of that many tokens.
        case content(tokens: Int)
        /// The chunk or event that reports how the answer ended.
        case finish
        /// `data: [DONE]`.
        case done
        /// An in-band error, or a part of it.
        case error
    }

    package var name: String?
    package var data: [UInt8]
    package var kind: Kind
    /// The pause before the event, in addition to the pause that the pace sets. The pause is stored in milliseconds to fill a gap in the
    /// memory layout.
    private var pauseMilliseconds: Int32 = 0
    /// Payload faults that take effect with this event.
    package var faults: [FaultID] = []

    package init(name: String? = nil, data: [UInt8], kind: Kind = .frame) {
        self.name = name
        self.data = data
        self.kind = kind
    }

    package var pause: Duration {
        get { .milliseconds(Int64(pauseMilliseconds)) }
        set {
            let (seconds, attoseconds) = newValue.components
            pauseMilliseconds = Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000)
        }
    }

    package var hasPause: Bool { pauseMilliseconds != 0 }

    package static let done = Event(data: Array("[DONE]".utf8), kind: .done)
}
