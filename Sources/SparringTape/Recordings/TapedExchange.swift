package import SparringWire

/// One request and what an upstream answered, as they are on a tape: with secrets masked, and the times of every piece.
package struct TapedExchange: Sendable, Hashable {
    /// The client's, as the base URL, a header or the key named it.
    package var session: String
    /// Counts the exchanges of a session on the tape, from 1.
    package var number: Int
    /// Unix nanoseconds.
    package var startedAt: Int64
    package var request: TapedRequest
    /// Nil where none came.
    package var answer: TapedAnswer?
    package var ending: TapedEnding

    package init(
        session: String, number: Int, startedAt: Int64, request: TapedRequest, answer: TapedAnswer? = nil,
        ending: TapedEnding
    ) {
        self.session = session
        self.number = number
        self.startedAt = startedAt
        self.request = request
        self.answer = answer
        self.ending = ending
    }
}

package struct TapedRequest: Sendable, Hashable {
    package var method: String
    /// Below the base URL's host, without a session's prefix: `/v1/chat/completions?limit=2`.
    package var target: String
    package var minorVersion: Int
    /// As the client sent them.
    package var headers: HeaderFields
    package var body: [UInt8]
    /// Of method, target and body before anything was masked.
    package var fingerprint: TapeFingerprint?
    /// Whether target or body are not what was sent.
    package var isMasked: Bool

    package init(
        method: String, target: String, minorVersion: Int = 1, headers: HeaderFields = [:], body: [UInt8] = [],
        fingerprint: TapeFingerprint? = nil, isMasked: Bool = false
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

package struct TapedAnswer: Sendable, Hashable {
    package var status: Int
    package var minorVersion: Int
    package var reason: String
    /// All of them, framing included, as they came.
    package var headers: HeaderFields
    /// Nanoseconds from the start of the exchange to the head.
    package var headAt: Int64
    /// Without framing. In its content coding, unless masking had to look inside.
    package var body: [UInt8]
    /// What each read brought of the body, in order.
    package var pieces: [TapedPiece]
    /// Nanoseconds from the start to the ending.
    package var endAt: Int64
    /// Whether the body is not what was received.
    package var isMasked: Bool

    package init(
        status: Int, minorVersion: Int = 1, reason: String = "", headers: HeaderFields = [:], headAt: Int64 = 0,
        body: [UInt8] = [], pieces: [TapedPiece] = [], endAt: Int64 = 0, isMasked: Bool = false
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

package struct TapedPiece: Sendable, Hashable {
    /// Nanoseconds from the start of the exchange.
    package var at: Int64
    package var count: Int

    package init(at: Int64, count: Int) {
        self.at = at
        self.count = count
    }
}

/// How an exchange ended. The raw value is the word on the tape.
package enum TapedEnding: String, Sendable, Hashable, CaseIterable {
    case complete
    /// The upstream closed its side before the answer was complete.
    case closed
    case reset
    /// What came was no HTTP/1.
    case malformed
    /// There was no connection.
    case unreachable
    /// The client went before the answer was over.
    case left
    /// The recording stopped before the answer was over: killed, or the machine went down.
    case unfinished

    /// Whether the upstream kept its part.
    package var isWhole: Bool { self == .complete || self == .left }
}

extension TapedExchange {
    /// Unix nanoseconds; what the answer says where an imported file had no time; nil without either.
    var recordedAt: Int64? {
        startedAt > 0 ? startedAt : answer.flatMap { RecordedTime.of($0.headers, $0.body) }
    }

    /// What is kept only when it is asked for: 4xx, 5xx, and answers that broke off.
    package var isFailure: Bool { !ending.isWhole || (answer?.status ?? 599) >= 400 }
}
