/// What a good client is seen to do. Every leaf becomes a check.
package struct Expectation: Sendable, Hashable {
    package var exit: Exit?
    /// Text that the program shows: found in its output, or equal to the text of its outcome.
    package var text: String?
    package var attempts: [Bound]
    package var gaps: [Gap]
    package var identical: [Part]
    /// What no two attempts may have in common.
    package var distinct: [Part]
    package var headers: [Header]
    /// What the client says of its call, where it says anything.
    package var outcome: Report

    package init(
        exit: Exit? = nil, text: String? = nil, attempts: [Bound] = [], gaps: [Gap] = [], identical: [Part] = [],
        distinct: [Part] = [], headers: [Header] = [], outcome: Report = Report()
    ) {
        self.exit = exit
        self.text = text
        self.attempts = attempts
        self.gaps = gaps
        self.identical = identical
        self.distinct = distinct
        self.headers = headers
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
