package import SparringWire

/// A point on the server's only monotonic clock, in nanoseconds since the clock started.
package struct Moment: Sendable, Hashable, Comparable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package static func < (a: Moment, b: Moment) -> Bool { a.nanoseconds < b.nanoseconds }

    package static func - (a: Moment, b: Moment) -> Duration { .nanoseconds(a.nanoseconds - b.nanoseconds) }
}

/// One request and its answer: the request, the decision, the script and the timeline.
package struct Exchange: Sendable {
    /// The exchange's number in its session, from 1.
    package var number: Int
    package var session: String
    /// The connection's number on the server, from 1.
    package var connection: Int
    package var request: Request
    package var decision: Decision
    /// The script, as marbles.
    package var marbles: String
    package var timeline: Timeline
    /// The server that answered; nil if no servers share the session.
    package var replica: String?

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

    /// The wait that an answer asks for: in the session's time, and in real time as sent to the client.
    package struct Hint: Sendable, Hashable {
        package var ordered: Duration
        package var told: Duration

        package init(ordered: Duration, told: Duration) {
            self.ordered = ordered
            self.told = told
        }
    }

    /// A fault that chaos has drawn, with the values that identify the call in a schedule.
    package struct Drawn: Sendable, Hashable {
        /// The faults that chaos has drawn, in words.
        package var strike: String
        /// A hash of method, path and body; the same in every run.
        package var digest: UInt64
        /// The call's number in its session, from 1.
        package var call: Int
        /// The draw as JSON, in the format of a schedule.
        package var source: String

        package init(strike: String, digest: UInt64, call: Int, source: String) {
            self.strike = strike
            self.digest = digest
            self.call = call
            self.source = source
        }
    }

    /// The reason why the API's own checks refused a request, such as its key, its path or its parameters.
    package struct Refusal: Sendable, Hashable {
        /// The API's message.
        package var message: String
        /// Whether lenient validation would accept the request.
        package var passesLeniently: Bool

        package init(_ message: String, passesLeniently: Bool = false) {
            self.message = message
            self.passesLeniently = passesLeniently
        }

        /// The API's message with secrets masked, and the option that would accept the request.
        package var words: String {
            Redaction.text(message) + (passesLeniently ? " (strict validation; --validation lenient accepts it)" : "")
        }
    }

    /// A label of a call: `user` or `metadata.NAME`, and its value.
    package struct Tag: Sendable, Hashable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The reasons for the server's answer: the data behind `explain` and every report.
    package struct Decision: Sendable, Hashable {
        /// `chat.completions`, `models`, …; nil for a path without an endpoint.
        package var endpoint: String?
        /// The model of the request, without a session's suffix; nil if the request names no model.
        package var model: String?
        package var status: Int
        /// The rule and step that answered, such as `rule 2 "two rate limits", step 1`; nil if no step answered.
        package var step: String?
        /// The number of the attempt: 1 + the earlier equal requests (method, path, body) of the session.
        package var attempt: Int
        /// The reason why no step answered: no rule matched, or the matching rule's steps were used up. The reason names the nearest rule.
        package var unmatched: String?
        /// The reason why the request was refused before any rule was tried; nil if it was not refused.
        package var refusal: Refusal?
        /// The reason why the API would refuse a request that Sparring answers, such as a request for a retired model.
        package var warning: String?
        /// True for model lists, HEAD, OPTIONS and similar requests. Such a request never advances a script and does not count as a call.
        package var isAuxiliary: Bool
        /// The faults of the script, in words, in the order of `WireScript.Step.fault`.
        package var faults: [String]
        /// The faults that chaos has drawn for the call.
        package var chaos: Drawn?
        /// The wait that the answer asks for; nil if it asks for no wait.
        package var hint: Hint?
        /// The `x-request-id` of the answer; nil if the answer has no such field.
        package var requestID: String?
        /// The billed usage; nil if no model has produced the answer.
        package var usage: Usage?
        /// The client's labels of the call: `user`, and each member of `metadata`. Reports group costs by these labels.
        package var tags: [Tag] = []
        /// The code of the API's error, or the error's type if it has no code; nil if the answer is not an API error.
        package var errorCode: String?
        /// Whether the answer is known to be an event stream. The value is always false for a forwarded answer.
        package var isStream = false

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
