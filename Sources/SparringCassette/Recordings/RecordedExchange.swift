package import SparringWire

/// A request and the upstream's answer, as recorded in a cassette: with secrets masked, and with the time of every piece.
package struct RecordedExchange: Sendable, Hashable {
    /// The client's session, which comes from the base URL, a header field or the key.
    package var session: String
    /// The number of the exchange among those of its session in the cassette, from 1.
    package var number: Int
    /// The start of the exchange, in Unix nanoseconds.
    package var startedAt: Int64
    package var request: RecordedRequest
    /// The answer; nil if no answer arrived.
    package var answer: RecordedAnswer?
    package var ending: RecordedEnding
    /// The messages of a WebSocket in the order in which they arrived; empty for HTTP.
    package var messages: [RecordedMessage]

    package init(
        session: String, number: Int, startedAt: Int64, request: RecordedRequest, answer: RecordedAnswer? = nil,
        ending: RecordedEnding, messages: [RecordedMessage] = []
    ) {
        self.session = session
        self.number = number
        self.startedAt = startedAt
        self.request = request
        self.answer = answer
        self.ending = ending
        self.messages = messages
    }
}

package struct RecordedRequest: Sendable, Hashable {
    package var method: String
    /// The path and the query without the session's prefix: `/v1/chat/completions?limit=2`.
    package var target: String
    package var minorVersion: Int
    /// The header fields as the client sent them.
    package var headers: HeaderFields
    package var body: [UInt8]
    /// The fingerprint of method, target and body before masking.
    package var fingerprint: CassetteFingerprint?
    /// Whether masking changed the target or the body.
    package var isMasked: Bool

    package init(
        method: String, target: String, minorVersion: Int = 1, headers: HeaderFields = [:], body: [UInt8] = [],
        fingerprint: CassetteFingerprint? = nil, isMasked: Bool = false
    ) {
        self.method = method
        self.target = target
        self.minorVersion = minorVersion
        self.headers = headers
        self.body = body
        self.fingerprint = fingerprint
        self.isMasked = isMasked
    }
}

package struct RecordedAnswer: Sendable, Hashable {
    package var status: Int
    package var minorVersion: Int
    package var reason: String
    /// All header fields as received, including the fields of the framing.
    package var headers: HeaderFields
    /// The time from the start of the exchange to the head, in nanoseconds.
    package var headAt: Int64
    /// The body without framing; it is in its content coding, unless masking had to decode it.
    package var body: [UInt8]
    /// The pieces of the body in their order, one for each read.
    package var pieces: [RecordedPiece]
    /// The time from the start of the exchange to its ending, in nanoseconds.
    package var endAt: Int64
    /// Whether masking changed the body.
    package var isMasked: Bool

    package init(
        status: Int, minorVersion: Int = 1, reason: String = "", headers: HeaderFields = [:], headAt: Int64 = 0,
        body: [UInt8] = [], pieces: [RecordedPiece] = [], endAt: Int64 = 0, isMasked: Bool = false
    ) {
        self.status = status
        self.minorVersion = minorVersion
        self.reason = reason
        self.headers = headers
        self.headAt = headAt
        self.body = body
        self.pieces = pieces
        self.endAt = endAt
        self.isMasked = isMasked
    }
}

package struct RecordedPiece: Sendable, Hashable {
    /// The time from the start of the exchange, in nanoseconds.
    package var at: Int64
    package var count: Int

    package init(at: Int64, count: Int) {
        self.at = at
        self.count = count
    }
}

/// How an exchange ended. The raw value is the word that the cassette contains.
package enum RecordedEnding: String, Sendable, Hashable, CaseIterable {
    case complete
    /// The upstream closed its side before the answer was complete.
    case closed
    case reset
    /// The upstream sent something other than HTTP/1.
    case malformed
    /// The upstream could not be reached.
    case unreachable
    /// The client closed the connection before the answer was complete.
    case left
    /// The recording stopped before the answer was complete, for example because Sparring was killed.
    case unfinished

    /// False if the upstream or the recorder ended the answer early.
    package var isWhole: Bool { self == .complete || self == .left }
}

extension RecordedExchange {
    /// The time of the recording in Unix nanoseconds. If an imported file has no time, this is the time in its answer; nil if there is no
    /// time in either.
    var recordedAt: Int64? {
        startedAt > 0 ? startedAt : answer.flatMap { RecordedTime.of($0.headers, $0.body) }
    }

    /// Whether the upstream accepted a WebSocket.
    package var isSocket: Bool { answer?.status == 101 }

    /// The number of bytes of its bodies and messages.
    package var bodyBytes: Int {
        request.body.count + (answer?.body.count ?? 0) + messages.reduce(0) { $0 + $1.bytes.count + 64 }
    }

    /// Whether the exchange is recorded only on request: its status is 4xx or 5xx, or its answer is incomplete.
    package var isFailure: Bool { !ending.isWhole || (answer?.status ?? 599) >= 400 }
}
