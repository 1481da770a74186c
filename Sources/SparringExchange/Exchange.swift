package import SparringWire

/// A request as it came, complete.
package struct Request: Sendable {
    package var method: String
    /// The request target as it was sent, query included.
    package var target: String
    package var version: HTTPVersion
    package var headers: HeaderFields
    package var body: [UInt8]
    /// What has taken the body as it came; `body` is empty then.
    package var intake: (any BodyIntake)?
    /// The body where it is still coming: whoever answers takes it from here, on the connection's event loop, and what is not
    /// taken is not read from the client. `body` is empty then.
    package var upload: (any Feed & AnyObject)?
    /// The length of a body that is not here.
    package var streamedBytes = 0
    /// What befell it before its body was read.
    package var struck: [Struck] = []

    /// A fault between head and body.
    package struct Struck: Sendable, Hashable {
        package var fault: Fault
        /// Why it took no effect, where it took none.
        package var missed: String?

        package init(_ fault: Fault, missed: String? = nil) {
            self.fault = fault
            self.missed = missed
        }
    }

    /// Of the body, wherever it is.
    package var bodyBytes: Int { body.count + streamedBytes }

    package init(
        method: String, target: String, version: HTTPVersion = .http11, headers: HeaderFields = [:], body: [UInt8] = []
    ) {
        self.method = method
        self.target = target
        self.version = version
        self.headers = headers
        self.body = body
    }

    /// Of HTTP/1; what comes in HTTP/2 can be answered as what comes in HTTP/1.1.
    package var minorVersion: Int { version.minorVersion }

    /// The target without its query.
    package var path: Substring { target[..<(target.firstIndex(ofByte: UInt8(ascii: "?")) ?? target.endIndex)] }
}

/// A point on the server's one monotonic clock, in nanoseconds since it started.
package struct Moment: Sendable, Hashable, Comparable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package static func < (a: Moment, b: Moment) -> Bool { a.nanoseconds < b.nanoseconds }

    package static func - (a: Moment, b: Moment) -> Duration { .nanoseconds(a.nanoseconds - b.nanoseconds) }
}

/// One request and what was sent back: what came, why it was answered so, what was ordered, and what happened when.
package struct Exchange: Sendable {
    /// Counts the exchanges of a session, from 1.
    package var number: Int
    package var session: String
    /// Counts the connections of the server, from 1.
    package var connection: Int
    package var request: Request
    package var decision: Decision
    /// The ordered script, as marbles.
    package var marbles: String
    package var timeline: Timeline

    package init(
        number: Int, session: String, connection: Int, request: Request, decision: Decision, marbles: String = "",
        timeline: Timeline = Timeline()
    ) {
        self.number = number
        self.session = session
        self.connection = connection
        self.request = request
        self.decision = decision
        self.marbles = marbles
        self.timeline = timeline
    }

    /// A wait, in the session's time and as it was told: in the time in which the client sleeps.
    package struct Hint: Sendable, Hashable {
        package var ordered: Duration
        package var told: Duration

        package init(ordered: Duration, told: Duration) {
            self.ordered = ordered
            self.told = told
        }
    }

    /// A draw of chaos, with what names the call in a schedule.
    package struct Drawn: Sendable, Hashable {
        /// In words.
        package var strike: String
        /// Of method, path and body; the same in every run.
        package var digest: UInt64
        /// Counts the session's calls, from 1.
        package var call: Int
        /// As JSON, the way a schedule says it.
        package var source: String

        package init(strike: String, digest: UInt64, call: Int, source: String) {
            self.strike = strike
            self.digest = digest
            self.call = call
            self.source = source
        }
    }

    /// `user`, or `metadata.NAME`, and what it holds.
    package struct Tag: Sendable, Hashable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Why this answer: the data behind `explain` and every report.
    package struct Decision: Sendable, Hashable {
        /// `chat.completions`, `models`, … or nil for a path that nothing serves.
        package var endpoint: String?
        /// The model asked for, without a session's suffix; nil where the request names none.
        package var model: String?
        package var status: Int
        /// Names the rule and step that answered, such as `rule 2 "two rate limits", step 1`; nil where none did.
        package var step: String?
        /// 1 + earlier equal requests (method, path, body) in the session.
        package var attempt: Int
        /// A request that no rule matched, or that found its steps used up. The text says which and what came nearest.
        package var unmatched: String?
        /// What the answer passes over where the API would not: a model that it has not, or has no more.
        package var warning: String?
        /// Model lists, HEAD, OPTIONS and the like: never advances a script, never counts as a call.
        package var isAuxiliary: Bool
        /// The faults ordered, in words, in the order of `WireScript.Step.fault`.
        package var faults: [String]
        /// What chaos has drawn for the call.
        package var chaos: Drawn?
        /// What the client was told to wait; nil where it was told nothing.
        package var hint: Hint?
        /// `x-request-id` of the answer; nil where it has none.
        package var requestID: String?
        /// Nil where no model has worked for the answer.
        package var usage: Usage?
        /// What the client says the call is for, as costs are told apart by it: `user`, and each member of `metadata`.
        package var tags: [Tag] = []

        package init(
            endpoint: String?, model: String? = nil, status: Int, step: String? = nil, attempt: Int = 1,
            unmatched: String? = nil, isAuxiliary: Bool = false, faults: [String] = []
        ) {
            self.endpoint = endpoint
            self.model = model
            self.status = status
            self.step = step
            self.attempt = attempt
            self.unmatched = unmatched
            self.isAuxiliary = isAuxiliary
            self.faults = faults
        }
    }
}
