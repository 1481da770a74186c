package import SparringAPI
package import SparringJSON
package import SparringWire

/// Faults chosen at random. The choice depends only on the seed, the session, the rule that answers, the request and its attempt: the
/// same seed gives the same exchanges, no matter how many run at once.
package struct Chaos: Sendable, Hashable {
    /// The share of calls that get a fault, from 0 to 1.
    package var rate: Double
    package var strikes: [RandomFault]
    /// Periods of the session's time with their own rate or faults. If several windows are open, the last of them counts.
    package var windows: [Window]
    /// Faults listed call by call; replaces the random choice.
    package var schedule: [Planned]?

    package init(rate: Double = 0, strikes: [RandomFault] = [], windows: [Window] = [], schedule: [Planned]? = nil) {
        self.rate = rate
        self.strikes = strikes
        self.windows = windows
        self.schedule = schedule
    }

    /// All faults that this setting may choose.
    var allFaults: [Fault] {
        (strikes + windows.flatMap(\.strikes) + (schedule ?? []).map(\.strike)).flatMap(\.faults)
    }

    /// One possible choice: an error in place of the answer, faults in the answer, or both.
    package struct RandomFault: Sendable, Hashable {
        /// How often this fault is chosen, relative to the others.
        package var weight: Double
        package var error: ErrorAnswer?
        package var faults: [Fault]
        /// The fault's JSON in a schedule.
        package var source: JSONObject

        package init(weight: Double = 1, error: ErrorAnswer? = nil, faults: [Fault] = [], source: JSONObject = [:]) {
            self.weight = weight
            self.error = error
            self.faults = faults
            self.source = source
        }

        /// The fault's text in reports, such as `error rate_limit_exceeded` or `reset at event 2`.
        package var words: String {
            let error = error.map { ["error " + ($0.name ?? "\($0.status ?? 0)")] } ?? []
            return (error + faults.map(\.description)).joined(separator: ", ")
        }

        package var sourceText: String { JSONValue.object(source).text() }

        /// Whether the fault can take effect in such an answer. Faults inside a stream cannot take effect in a whole
        /// body.
        func suits(stream isStream: Bool) -> Bool { isStream || !faults.contains { $0.needsStream } }
    }

    package struct Window: Sendable, Hashable {
        package var name: String?
        /// The start, counted from the session's first call.
        package var from: Duration
        package var length: Duration
        /// The time from one start of the window to the next. If nil, the window opens once.
        package var every: Duration?
        /// If nil, the rate is the same as outside windows.
        package var rate: Double?
        /// If empty, the faults are the same as outside windows.
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

    /// One call of a schedule, with its faults.
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
            /// Identifies the call by the digest of the request and its attempt, independent of other calls.
            case request(UInt64, attempt: Int)
            /// Identifies the call by its number among the calls of the session, from 1.
            case number(Int)
        }
    }
}

extension Chaos {
    /// The facts about a call on which the choice depends.
    package struct Throw: Sendable {
        /// The session's name and seed.
        package var session: String
        package var seed: UInt64
        /// The index of the rule that answers, from 0; nil if no rule answers.
        package var rule: Int?
        /// A digest of method, path and body.
        package var digest: UInt64
        package var attempt: Int
        /// The number of the call in the session, from 1.
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

    /// Chooses the fault of a call; nil if the call gets none.
    package func strike(_ call: Throw) -> RandomFault? {
        if let schedule { return schedule.first { $0.isAbout(call) }?.strike }
        let window = windows.last { $0.isOpen(at: call.elapsed) }
        var dice = Dice.of(seed: call.seed, rule: call.rule, digest: call.digest, attempt: call.attempt)
        // Both random numbers are always drawn. Therefore an open window does not change the numbers, only which fault they select.
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

/// The random numbers for one call. The numbers do not depend on other calls.
package enum Dice {
    package static func of(seed: UInt64, rule: Int?, digest: UInt64, attempt: Int) -> IDMint {
        var state = seed
        for part in [UInt64(bitPattern: Int64(rule ?? -1)), digest, UInt64(bitPattern: Int64(attempt))] {
            var mint = IDMint(seed: state ^ part)
            state = mint.next()
        }
        return IDMint(seed: state)
    }

    /// A number from 0 up to, but not including, 1.
    package static func unit(_ dice: inout IDMint) -> Double { Double(dice.next() >> 11) * 0x1p-53 }
}
