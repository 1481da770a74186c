package import SparringAPI
package import SparringJSON
package import SparringWire

/// Faults that are drawn instead of ordered. What a call meets is a function of the seed, the session, the rule that answers, the
/// request and its attempt: the same seed gives the same set of exchanges, however many of them run at once.
package struct Chaos: Sendable, Hashable {
    /// The share of calls that are hurt, from 0 to 1.
    package var rate: Double
    package var strikes: [RandomFault]
    /// Stretches of the session's time with a rate or with strikes of their own. The last that is open counts.
    package var windows: [Window]
    /// Written down call by call, in place of draws.
    package var schedule: [Planned]?

    package init(rate: Double = 0, strikes: [RandomFault] = [], windows: [Window] = [], schedule: [Planned]? = nil) {
        self.rate = rate
        self.strikes = strikes
        self.windows = windows
        self.schedule = schedule
    }

    /// Everything that may be drawn.
    var allFaults: [Fault] {
        (strikes + windows.flatMap(\.strikes) + (schedule ?? []).map(\.strike)).flatMap(\.faults)
    }

    /// What may be drawn: an error in place of the answer, faults in it, or both.
    package struct RandomFault: Sendable, Hashable {
        /// How often it is drawn, beside the others.
        package var weight: Double
        package var error: ErrorAnswer?
        package var faults: [Fault]
        /// As a schedule says it.
        package var source: JSONObject

        package init(weight: Double = 1, error: ErrorAnswer? = nil, faults: [Fault] = [], source: JSONObject = [:]) {
            self.weight = weight
            self.error = error
            self.faults = faults
            self.source = source
        }

        /// For reports: `rate_limit_exceeded`, `reset at event 2`.
        package var words: String {
            let error = error.map { ["error " + ($0.name ?? "\($0.status ?? 0)")] } ?? []
            return (error + faults.map(\.description)).joined(separator: ", ")
        }

        package var sourceText: String { JSONValue.object(source).text() }

        /// Whether it can do anything to such an answer: the middle of a stream is nowhere in a whole body.
        func suits(stream isStream: Bool) -> Bool { isStream || !faults.contains { $0.needsStream } }
    }

    package struct Window: Sendable, Hashable {
        package var name: String?
        /// Since the session's first call.
        package var from: Duration
        package var length: Duration
        /// It comes again after that long, counted from its beginning; nil: it comes once.
        package var every: Duration?
        /// Nil: as outside.
        package var rate: Double?
        /// Empty: as outside.
        package var strikes: [RandomFault]

        package init(
            name: String? = nil, from: Duration = .zero, length: Duration, every: Duration? = nil,
            rate: Double? = nil, strikes: [RandomFault] = []
        ) {
            self.name = name
            self.from = from
            self.length = length
            self.every = every
            self.rate = rate
            self.strikes = strikes
        }

        func isOpen(at elapsed: Duration) -> Bool {
            guard elapsed >= from else { return false }
            var since = elapsed - from
            if let every, every > .zero { since -= every * Int(since / every) }
            return since < length
        }
    }

    /// One call of a schedule, and what it meets.
    package struct Planned: Sendable, Hashable {
        package var session: String
        package var call: Call
        package var strike: RandomFault

        package init(session: String, call: Call, strike: RandomFault) {
            self.session = session
            self.call = call
            self.strike = strike
        }

        package enum Call: Sendable, Hashable {
            /// By what it asks, and how often that was asked before: whatever comes in between.
            case request(UInt64, attempt: Int)
            /// By its place among the calls of the session, from 1.
            case number(Int)
        }
    }
}

extension Chaos {
    /// A call, as far as chaos looks at it.
    package struct Throw: Sendable {
        /// The session's name and seed.
        package var session: String
        package var seed: UInt64
        /// The rule that answers, from 0; nil where none does.
        package var rule: Int?
        /// Of method, path and body.
        package var digest: UInt64
        package var attempt: Int
        /// Counts the session's calls, from 1.
        package var call: Int
        /// The session's time since its first call.
        package var elapsed: Duration
        package var isStream: Bool

        package init(
            session: String, seed: UInt64, rule: Int?, digest: UInt64, attempt: Int, call: Int, elapsed: Duration,
            isStream: Bool
        ) {
            self.session = session
            self.seed = seed
            self.rule = rule
            self.digest = digest
            self.attempt = attempt
            self.call = call
            self.elapsed = elapsed
            self.isStream = isStream
        }
    }

    /// What the call meets; nil: nothing.
    package func strike(_ call: Throw) -> RandomFault? {
        if let schedule { return schedule.first { $0.isAbout(call) }?.strike }
        let window = windows.last { $0.isOpen(at: call.elapsed) }
        var dice = Dice.of(seed: call.seed, rule: call.rule, digest: call.digest, attempt: call.attempt)
        // Both are drawn always: a window that opens changes what they mean and not what they are.
        let (isHurt, which) = (Dice.unit(&dice) < window?.rate ?? rate, Dice.unit(&dice))
        guard isHurt else { return nil }
        let all = window.map { $0.strikes.isEmpty ? strikes : $0.strikes } ?? strikes
        let suiting = all.filter { $0.suits(stream: call.isStream) }
        var rest = which * suiting.reduce(0) { $0 + $1.weight }
        for strike in suiting {
            rest -= strike.weight
            if rest < 0 { return strike }
        }
        return suiting.last
    }
}

extension Chaos.Planned {
    fileprivate func isAbout(_ thrown: Chaos.Throw) -> Bool {
        guard session == thrown.session else { return false }
        return switch call {
        case .request(let digest, let attempt): digest == thrown.digest && attempt == thrown.attempt
        case .number(let number): number == thrown.call
        }
    }
}

/// What is random about a call, and depends on nothing that came between.
package enum Dice {
    package static func of(seed: UInt64, rule: Int?, digest: UInt64, attempt: Int) -> IDMint {
        var state = seed
        for part in [UInt64(bitPattern: Int64(rule ?? -1)), digest, UInt64(bitPattern: Int64(attempt))] {
            var mint = IDMint(seed: state ^ part)
            state = mint.next()
        }
        return IDMint(seed: state)
    }

    /// From 0 up to 1, which it never is.
    package static func unit(_ dice: inout IDMint) -> Double { Double(dice.next() >> 11) * 0x1p-53 }
}
