package import SparringJSON
package import SparringScenario

/// An event of a run. The log of these events is the source of every report.
package enum RunEvent: Sendable, Hashable {
    case runStart(RunStart)
    /// The detected and the declared capabilities of the program.
    case claims(ClientCapabilities)
    case caseStart(CaseStart)
    /// One exchange of a case, as `Exchange.json` writes it, with times since the case's start.
    case wire(caseID: String, exchange: JSONValue)
    case check(caseID: String, Check)
    case caseEnd(CaseEnd)
    /// The finding of a line of the known failures, for one case or check.
    case known(KnownFailures.Finding)
    case runEnd(RunEnd)

    package struct RunStart: Sendable, Hashable {
        /// The kit's version.
        package var kit: String
        /// The program under test and its arguments.
        package var command: [String]
        /// The options of `check` that change how a case is run, each followed by its value.
        package var flags: [String]
        /// Whether the command uses the driver protocol: one process runs many cases.
        package var isDriver: Bool
        /// The client, as its driver introduces it.
        package var client: ClientVersion?
        /// The ids of the selected cases.
        package var cases: [String]
        /// The number of cases that run at the same time.
        package var jobs: Int
        package var seed: UInt64
        /// The start in Unix seconds.
        package var startedAt: Int
        /// The set for the grade; nil in logs of older kits, which had no grades.
        package var set: RequirementSet?
        /// Whether a broken SHOULD fails the run.
        package var failsOnShould: Bool
        /// The operating system, processors and memory of the machine, without its name; nil in logs of older kits.
        package var machine: String?

        package init(
            kit: String, command: [String], cases: [String], jobs: Int, seed: UInt64, startedAt: Int,
            set: RequirementSet? = nil, failsOnShould: Bool = false, isDriver: Bool = false,
            client: ClientVersion? = nil, flags: [String] = [], machine: String? = nil
        ) {
            self.kit = kit
            self.command = command
            self.flags = flags
            self.isDriver = isDriver
            self.client = client
            self.cases = cases
            self.jobs = jobs
            self.seed = seed
            self.startedAt = startedAt
            self.set = set
            self.failsOnShould = failsOnShould
            self.machine = machine
        }
    }

    package struct CaseStart: Sendable, Hashable {
        package var id: String
        /// The case's token, which is the name of its session and part of its key and prompt.
        package var session: String
        /// The round: 1, or more if the case was repeated alone because an earlier round was inconclusive.
        package var round: Int
        package var level: Level
        package var title: String
        package var why: String
        package var references: [String]
        /// The file of a user's case; nil for a built-in case.
        package var file: String?

        package init(_ subject: Case, session: String, round: Int) {
            self.init(
                id: subject.id, session: session, round: round, level: subject.level, title: subject.title,
                why: subject.why, references: subject.references, file: subject.file)
        }

        package init(
            id: String, session: String, round: Int, level: Level, title: String, why: String, references: [String],
            file: String? = nil
        ) {
            self.id = id
            self.session = session
            self.round = round
            self.level = level
            self.title = title
            self.why = why
            self.references = references
            self.file = file
        }
    }

    package struct CaseEnd: Sendable, Hashable {
        package var id: String
        package var round: Int
        package var verdict: Verdict
        /// Whether this end of the case replaces an earlier end, because the program sent more requests after the case had ended.
        package var isAmended: Bool
        /// How the program ended, in words.
        package var ending: String
        /// The time from the program's start to its end.
        package var milliseconds: Int
        /// The longest delay of Sparring's own timers.
        package var lagMilliseconds: Int
        /// The end of the program's standard output.
        package var standardOutput: String
        package var standardError: String
        /// The client's report on its call, as JSON; nil for a program that only prints.
        package var returned: String?

        package init(
            id: String, round: Int, verdict: Verdict, isAmended: Bool = false, ending: String, milliseconds: Int,
            lagMilliseconds: Int, standardOutput: String, standardError: String, returned: String? = nil
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
            self.returned = returned
        }
    }

    package struct RunEnd: Sendable, Hashable {
        package var outcome: Outcome
        package var milliseconds: Int
        /// The reason for the result, if the cases do not show it.
        package var reason: String?

        package init(outcome: Outcome, milliseconds: Int, reason: String? = nil) {
            self.outcome = outcome
            self.milliseconds = milliseconds
            self.reason = reason
        }
    }

    /// The overall result of a run. Each result has its own exit code.
    package enum Outcome: String, Sendable, Hashable, CaseIterable {
        /// All cases pass, except for known failures.
        case held
        case failed
        /// The program passed the plain conversation at the start, but not at the end.
        case unreliable
        /// The program could not be started, or failed the plain conversation at the start.
        case undriven
        /// A bug in the kit: the server did not play a script correctly.
        case broken
        case interrupted
    }
}
