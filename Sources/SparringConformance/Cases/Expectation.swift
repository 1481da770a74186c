package import SparringJSON

/// What a good client is seen to do. Every leaf becomes a check.
package struct Expectation: Sendable, Hashable {
    package var exit: Exit?
    package var text: Text?
    /// Texts that the program shows once at most: an answer that was begun is not shown again from its start.
    package var atMostOnce: [String]
    /// Texts that it never writes, to its output or its errors; `{{key}}` stands for the API key.
    package var notShown: [String]
    /// The calls that later requests carry back, as the client has put them together; empty: none may be carried, as none is
    /// whole. Nil where it is not asked.
    package var calls: [ToolCall]?
    package var attempts: [Bound]
    package var gaps: [Gap]
    package var identical: [Part]
    /// What no two attempts may have in common.
    package var distinct: [Part]
    package var headers: [Header]
    /// Texts that no request target holds.
    package var notInURL: [String]
    /// Header fields that no request to another host than the first one's carries.
    package var sameHostOnly: [String]
    package var disconnects: [Disconnect]
    /// What the client says of its call, where it says anything.
    package var outcome: Report

    package init(
        exit: Exit? = nil, text: Text? = nil, atMostOnce: [String] = [], notShown: [String] = [],
        calls: [ToolCall]? = nil,
        attempts: [Bound] = [], gaps: [Gap] = [], identical: [Part] = [], distinct: [Part] = [],
        headers: [Header] = [], notInURL: [String] = [], sameHostOnly: [String] = [], disconnects: [Disconnect] = [],
        outcome: Report = Report()
    ) {
        self.exit = exit
        self.text = text
        self.atMostOnce = atMostOnce
        self.notShown = notShown
        self.calls = calls
        self.attempts = attempts
        self.gaps = gaps
        self.identical = identical
        self.distinct = distinct
        self.headers = headers
        self.notInURL = notInURL
        self.sameHostOnly = sameHostOnly
        self.disconnects = disconnects
        self.outcome = outcome
    }

    /// What a good client reports of its call: a member that is nil, or empty, is not asked for.
    package struct Report: Sendable, Hashable {
        package var ok: Bool?
        /// The answer's text, to the letter.
        package var text: String?
        /// The kinds of error that are true of what happened.
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

    /// Text that the program shows, or carries back to the model in a later turn: it has read it.
    package struct Text: Sendable, Hashable, ExpressibleByStringLiteral {
        package var text: String
        /// Whether to say that it failed is as good: what matters is that nothing else is taken for the answer.
        package var allowsFailure: Bool

        package init(_ text: String, allowsFailure: Bool = false) {
            self.text = text
            self.allowsFailure = allowsFailure
        }

        package init(stringLiteral text: String) { self.init(text) }
    }

    /// A call as the model made it. Arguments are compared as JSON; text where they are none.
    package struct ToolCall: Sendable, Hashable {
        package var name: String
        package var arguments: JSONValue

        package init(name: String, arguments: JSONValue) {
            self.name = name
            self.arguments = arguments
        }
    }

    /// The client leaves an attempt: so long at most after a point of the answer, or after its request where there is no point.
    package struct Disconnect: Sendable, Hashable {
        package var attempt: Int
        /// Counts the events of the answer, from 1.
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

    /// How many requests may go over the wire. A level of its own where it differs from the case's.
    package struct Bound: Sendable, Hashable {
        package var range: ClosedRange<Int>
        package var level: Level?

        package init(_ range: ClosedRange<Int>, level: Level? = nil) {
            self.range = range
            self.level = level
        }
    }

    /// The time between two attempts: from the end of our answer (or the peer's going away, whichever came first) to the first
    /// byte of the next head. Attempts count from 1.
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

    /// A part of a request, compared between attempts.
    package enum Part: String, Sendable, Hashable, CaseIterable {
        case method
        case path
        case body
        /// A header field: nothing, where no attempt has it.
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
