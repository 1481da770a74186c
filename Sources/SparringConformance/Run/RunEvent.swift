package import SparringJSON

/// What happens in a run, in order. The log of these events is the truth; every report is a rendering of it.
package enum RunEvent: Sendable, Hashable {
    case runStart(RunStart)
    /// What the subject is graded on: what it was seen to do, and what was said of it.
    case claims(ClientCapabilities)
    case caseStart(CaseStart)
    /// One exchange of a case, as `Exchange.json` writes it, with times since the case's start.
    case wire(caseID: String, exchange: JSONValue)
    case check(caseID: String, Check)
    case caseEnd(CaseEnd)
    /// What a line of the known failures came to, for one case or check.
    case known(KnownFailures.Finding)
    case runEnd(RunEnd)

    package struct RunStart: Sendable, Hashable {
        /// The kit's version.
        package var kit: String
        /// The subject: its program and arguments.
        package var command: [String]
        /// The command speaks the driver protocol: one process plays many cases.
        package var isDriver: Bool
        /// What a driver says of the client behind it.
        package var client: ClientVersion?
        /// The ids of the selected cases.
        package var cases: [String]
        /// Cases that run at once.
        package var jobs: Int
        package var seed: UInt64
        /// Unix seconds.
        package var startedAt: Int
        /// What grades are given on; nil in logs of kits that gave none.
        package var set: RequirementSet?
        /// Whether a SHOULD that was not held fails the run.
        package var failsOnShould: Bool

        package init(
            kit: String, command: [String], cases: [String], jobs: Int, seed: UInt64, startedAt: Int,
            set: RequirementSet? = nil, failsOnShould: Bool = false, isDriver: Bool = false,
            client: ClientVersion? = nil
        ) {
            self.kit = kit
            self.command = command
            self.isDriver = isDriver
            self.client = client
            self.cases = cases
            self.jobs = jobs
            self.seed = seed
            self.startedAt = startedAt
            self.set = set
            self.failsOnShould = failsOnShould
        }
    }

    package struct CaseStart: Sendable, Hashable {
        package var id: String
        /// The case's token: its session, its key, the word in its prompt.
        package var session: String
        /// 1, or more where the case is run again alone because the time before left a question open.
        package var round: Int
        package var level: Level
        package var title: String
        package var why: String
        package var references: [String]

        package init(_ subject: Case, session: String, round: Int) {
            self.init(
                id: subject.id, session: session, round: round, level: subject.level, title: subject.title,
                why: subject.why, references: subject.references)
        }

        init(
            id: String, session: String, round: Int, level: Level, title: String, why: String, references: [String]
        ) {
            self.id = id
            self.session = session
            self.round = round
            self.level = level
            self.title = title
            self.why = why
            self.references = references
        }
    }

    package struct CaseEnd: Sendable, Hashable {
        package var id: String
        package var round: Int
        package var verdict: Verdict
        /// Said again because the subject went on sending after the case was over.
        package var isAmended: Bool
        /// How the program ended, in words.
        package var ending: String
        /// From the program's start to its end.
        package var milliseconds: Int
        /// The most by which our own timers were late.
        package var lagMilliseconds: Int
        /// The end of what the program wrote.
        package var standardOutput: String
        package var standardError: String

        package init(
            id: String, round: Int, verdict: Verdict, isAmended: Bool = false, ending: String, milliseconds: Int,
            lagMilliseconds: Int, standardOutput: String, standardError: String
        ) {
            self.id = id
            self.round = round
            self.verdict = verdict
            self.isAmended = isAmended
            self.ending = ending
            self.milliseconds = milliseconds
            self.lagMilliseconds = lagMilliseconds
            self.standardOutput = standardOutput
            self.standardError = standardError
        }
    }

    package struct RunEnd: Sendable, Hashable {
        package var outcome: Outcome
        package var milliseconds: Int
        /// Why, where the outcome is not plain from the cases.
        package var reason: String?

        package init(outcome: Outcome, milliseconds: Int, reason: String? = nil) {
            self.outcome = outcome
            self.milliseconds = milliseconds
            self.reason = reason
        }
    }

    /// What a run comes to; each has its exit code.
    package enum Outcome: String, Sendable, Hashable, CaseIterable {
        case held
        case failed
        /// The subject held a plain conversation at the start, and no longer at the end.
        case unreliable
        /// The subject could not be started, or cannot hold a plain conversation.
        case undriven
        /// The kit did not do what it had ordered.
        case broken
        case interrupted
    }
}
