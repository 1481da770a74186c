package import SparringJSON

/// The behavior of a good client, from `expect` in a case or in a scenario. Each value of `expect` becomes a check.
package struct Expectation: Sendable, Hashable {
    package var exit: Exit?
    package var text: Text?
    /// Texts that the program may print at most once, because it must not print an answer again from its start.
    package var atMostOnce: [String]
    /// Texts that the program must never print. `{{key}}` stands for the API key, which must not be in standard error
    /// either.
    package var notShown: [String]
    /// The calls that the last request must contain, as the client assembled them. If empty, no request may contain a
    /// call, because the model completed none. If nil, calls are not checked.
    package var calls: [ToolCall]?
    /// The total of tokens that the client reports. This total is not checked for clients that do not report it.
    package var usage: Int?
    /// Whether no call may be executed twice.
    package var runsOnce: Bool
    package var attempts: [Bound]
    package var gaps: [Gap]
    package var identical: [Part]
    /// Parts that must differ between any two attempts.
    package var distinct: [Part]
    package var headers: [Header]
    /// Texts that no request target may contain.
    package var notInURL: [String]
    /// Header fields that only requests to the host of the first request may have.
    package var sameHostOnly: [String]
    package var disconnects: [Disconnect]
    package var connections: [Connections]
    /// The number of hosts that may receive a request.
    package var hosts: Bound?
    /// The outcome that the client reports. The outcome is not checked for clients that do not report one.
    package var outcome: Report

    package init(
        exit: Exit? = nil, text: Text? = nil, atMostOnce: [String] = [], notShown: [String] = [],
        calls: [ToolCall]? = nil, usage: Int? = nil, runsOnce: Bool = false,
        attempts: [Bound] = [], gaps: [Gap] = [], identical: [Part] = [], distinct: [Part] = [],
        headers: [Header] = [], notInURL: [String] = [], sameHostOnly: [String] = [], disconnects: [Disconnect] = [],
        connections: [Connections] = [], hosts: Bound? = nil, outcome: Report = Report()
    ) {
        self.exit = exit
        self.text = text
        self.atMostOnce = atMostOnce
        self.notShown = notShown
        self.calls = calls
        self.usage = usage
        self.runsOnce = runsOnce
        self.attempts = attempts
        self.gaps = gaps
        self.identical = identical
        self.distinct = distinct
        self.headers = headers
        self.notInURL = notInURL
        self.sameHostOnly = sameHostOnly
        self.disconnects = disconnects
        self.connections = connections
        self.hosts = hosts
        self.outcome = outcome
    }

    /// The outcome that a good client reports. Members that are nil or empty are not checked.
    package struct Report: Sendable, Hashable {
        package var ok: Bool?
        /// The exact text of the answer.
        package var text: String?
        /// The kinds of error that are correct for the failure.
        package var kinds: [ErrorKind]

        package init(ok: Bool? = nil, text: String? = nil, kinds: [ErrorKind] = []) {
            self.ok = ok
            self.text = text
            self.kinds = kinds
        }
    }

    package enum Exit: String, Sendable, Hashable, CaseIterable {
        case zero = "0"
        case nonzero
        case any
    }

    /// Text that the program must print or send back in a later turn. Printing or sending the text shows that the program has read it.
    package struct Text: Sendable, Hashable, ExpressibleByStringLiteral {
        package var text: String
        /// Whether the program may report a failure instead. However, it must not present another text as the answer.
        package var allowsFailure: Bool

        package init(_ text: String, allowsFailure: Bool = false) {
            self.text = text
            self.allowsFailure = allowsFailure
        }

        package init(stringLiteral text: String) { self.init(text) }
    }

    /// A call in the form in which the model made it. Arguments are compared as JSON, or as text if they are not JSON.
    package struct ToolCall: Sendable, Hashable {
        package var name: String
        package var arguments: JSONValue

        package init(name: String, arguments: JSONValue) {
            self.name = name
            self.arguments = arguments
        }
    }

    /// The client must disconnect from an attempt within a time. The time is counted from an event of the answer, or from the request if no
    /// event is named.
    package struct Disconnect: Sendable, Hashable {
        package var attempt: Int
        /// The number of the event, from 1.
        package var event: Int?
        package var within: Duration
        package var level: Level?

        package init(attempt: Int, event: Int? = nil, within: Duration, level: Level? = nil) {
            self.attempt = attempt
            self.event = event
            self.within = within
            self.level = level
        }
    }

    /// The number of requests that the client may send for the call. If `level` is nil, the level of the case applies.
    package struct Bound: Sendable, Hashable {
        package var range: ClosedRange<Int>
        package var level: Level?

        package init(_ range: ClosedRange<Int>, level: Level? = nil) {
            self.range = range
            self.level = level
        }
    }

    /// The time between two attempts: from the end of the server's answer (or from the client's disconnect, if that
    /// came first) to the first byte of the next head. Attempts are numbered from 1.
    package struct Gap: Sendable, Hashable {
        package var from: Int
        package var to: Int
        package var minimum: Duration?
        package var maximum: Duration?
        package var level: Level?

        package init(
            from: Int, to: Int, minimum: Duration? = nil, maximum: Duration? = nil, level: Level? = nil
        ) {
            self.from = from
            self.to = to
            self.minimum = minimum
            self.maximum = maximum
            self.level = level
        }
    }

    /// A part of a request that is compared between attempts.
    package enum Part: String, Sendable, Hashable, CaseIterable {
        case method
        case path
        /// The body. Forms are compared part by part, because each attempt may have a different boundary.
        case body
        /// The API key, in whatever place the request has it.
        case key
        /// The header field. An attempt without the field counts as an attempt with an empty field.
        case idempotencyKey = "idempotency-key"
    }

    /// A header field of one attempt.
    package struct Header: Sendable, Hashable {
        package var attempt: Int
        package var name: String
        package var isPresent: Bool
        package var level: Level?

        package init(attempt: Int, name: String, isPresent: Bool, level: Level? = nil) {
            self.attempt = attempt
            self.name = name
            self.isPresent = isPresent
            self.level = level
        }
    }
}
