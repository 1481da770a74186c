package import SparringJSON
import SparringScenario

/// The JSON of run events: one object for each line, with its type in `event`.
extension RunEvent {
    package var json: JSONValue {
        switch self {
        case .runStart(let start):
            [
                "event": "run.start", "schema": 1, "kit": .string(start.kit), "command": .strings(start.command),
                "flags": .strings(start.flags),
                "cases": .strings(start.cases), "jobs": .int(start.jobs),
                "seed": .number(JSONNumber(text: String(start.seed))), "started_at": .int(start.startedAt),
                "set": start.set.map { ["name": .string($0.name), "cases": .strings($0.cases)] } ?? nil,
                "fail_on": .string(start.failsOnShould ? "should" : "must"),
                "driver": .bool(start.isDriver), "client": start.client?.json ?? nil,
                "machine": .string(orNull: start.machine),
            ]
        case .claims(let claims):
            [
                "event": "claims", "said": .strings(Capability.allCases.filter(claims.said.contains).map(\.rawValue)),
                "seen": .strings(Capability.allCases.filter(claims.seen.contains).map(\.rawValue)),
                "shows": .strings(CaseTask.Operation.allCases.filter(claims.shows.contains).map(\.rawValue)),
            ]
        case .caseStart(let start):
            [
                "event": "case.start", "case": .string(start.id), "session": .string(start.session),
                "round": .int(start.round), "level": .string(start.level.rawValue), "title": .string(start.title),
                "why": .string(start.why), "references": .strings(start.references),
                "file": .string(orNull: start.file),
            ]
        case .wire(let id, let exchange): ["event": "wire", "case": .string(id), "exchange": exchange]
        case .check(let id, let check):
            [
                "event": "check", "case": .string(id), "check": .string(check.id),
                "level": .string(check.level.rawValue), "verdict": .string(check.verdict.rawValue),
                "requirement": .string(check.requirement), "expected": .string(check.expected),
                "actual": .string(check.actual), "built_in": .bool(check.isBuiltIn),
            ]
        case .caseEnd(let end):
            [
                "event": "case.end", "case": .string(end.id), "round": .int(end.round),
                "verdict": .string(end.verdict.rawValue), "amended": .bool(end.isAmended),
                "ending": .string(end.ending), "ms": .int(end.milliseconds), "lag_ms": .int(end.lagMilliseconds),
                "stdout": .string(end.standardOutput), "stderr": .string(end.standardError),
                "returned": .string(orNull: end.returned),
            ]
        case .known(let finding):
            [
                "event": "known", "case": .string(finding.caseID), "check": .string(orNull: finding.check),
                "pattern": .string(finding.pattern), "line": .int(finding.line),
                "reason": .string(orNull: finding.reason), "state": .string(finding.state.rawValue),
            ]
        case .runEnd(let end):
            [
                "event": "run.end", "outcome": .string(end.outcome.rawValue), "ms": .int(end.milliseconds),
                "reason": .string(orNull: end.reason),
            ]
        }
    }

    /// The line of the event in a log, with its newline.
    package var line: String { json.text() + "\n" }

    /// A line that is not a valid event.
    package struct UnknownEvent: Error, Sendable, Hashable, CustomStringConvertible {
        /// The member that is missing or has the wrong type.
        package var member: String

        package var description: String { "`\(member)` is missing or has the wrong type" }
    }

    package init(json: JSONValue) throws(UnknownEvent) {
        let line = Line(json)
        switch try line.text("event") {
        case "run.start":
            guard let seed = json["seed"]?.number.flatMap({ UInt64($0.text) }) else {
                throw UnknownEvent(member: "seed")
            }
            self = .runStart(
                RunStart(
                    kit: try line.text("kit"), command: try line.texts("command"), cases: try line.texts("cases"),
                    jobs: try line.int("jobs"), seed: seed, startedAt: try line.int("started_at"),
                    set: try json["set"]?.object == nil ? nil : Line(json["set"] ?? nil).set(),
                    failsOnShould: json["fail_on"]?.string == "should", isDriver: json["driver"]?.bool ?? false,
                    client: json["client"].flatMap(ClientVersion.init),
                    flags: try json["flags"] == nil ? [] : line.texts("flags"), machine: json["machine"]?.string))
        case "claims":
            self = .claims(
                ClientCapabilities(
                    said: try line.choices("said"), seen: try line.choices("seen"), shows: try line.choices("shows")))
        case "case.start":
            self = .caseStart(
                CaseStart(
                    id: try line.text("case"), session: try line.text("session"), round: try line.int("round"),
                    level: try line.choice("level"), title: try line.text("title"), why: try line.text("why"),
                    references: try line.texts("references"), file: json["file"]?.string))
        case "wire":
            guard let exchange = json["exchange"] else { throw UnknownEvent(member: "exchange") }
            self = .wire(caseID: try line.text("case"), exchange: exchange)
        case "check":
            self = .check(
                caseID: try line.text("case"),
                Check(
                    id: try line.text("check"), level: try line.choice("level"), verdict: try line.choice("verdict"),
                    requirement: try line.text("requirement"), expected: try line.text("expected"),
                    actual: try line.text("actual"), isBuiltIn: json["built_in"]?.bool ?? false))
        case "case.end":
            self = .caseEnd(
                CaseEnd(
                    id: try line.text("case"), round: try line.int("round"), verdict: try line.choice("verdict"),
                    isAmended: json["amended"]?.bool ?? false, ending: try line.text("ending"),
                    milliseconds: try line.int("ms"), lagMilliseconds: try line.int("lag_ms"),
                    standardOutput: try line.text("stdout"), standardError: try line.text("stderr"),
                    returned: json["returned"]?.string))
        case "known":
            self = .known(
                KnownFailures.Finding(
                    caseID: try line.text("case"), check: json["check"]?.string, pattern: try line.text("pattern"),
                    line: try line.int("line"), reason: json["reason"]?.string, state: try line.choice("state")))
        case "run.end":
            self = .runEnd(
                RunEnd(
                    outcome: try line.choice("outcome"), milliseconds: try line.int("ms"),
                    reason: json["reason"]?.string))
        default: throw UnknownEvent(member: "event")
        }
    }

    private struct Line {
        let json: JSONValue

        init(_ json: JSONValue) { self.json = json }

        func text(_ member: String) throws(UnknownEvent) -> String {
            guard let text = json[member]?.string else { throw UnknownEvent(member: member) }
            return text
        }

        func int(_ member: String) throws(UnknownEvent) -> Int {
            guard let int = json[member]?.int else { throw UnknownEvent(member: member) }
            return int
        }

        func texts(_ member: String) throws(UnknownEvent) -> [String] {
            guard let array = json[member]?.array else { throw UnknownEvent(member: member) }
            return array.compactMap(\.string)
        }

        func set() throws(UnknownEvent) -> RequirementSet {
            RequirementSet(name: try text("name"), cases: try texts("cases"))
        }

        func choices<Choice: RawRepresentable<String> & Hashable>(_ member: String) throws(UnknownEvent) -> Set<Choice>
        {
            let texts = try texts(member)
            let choices = texts.compactMap(Choice.init)
            guard choices.count == texts.count else { throw UnknownEvent(member: member) }
            return Set(choices)
        }

        func choice<Choice: RawRepresentable<String>>(_ member: String) throws(UnknownEvent) -> Choice {
            guard let choice = Choice(rawValue: try text(member)) else { throw UnknownEvent(member: member) }
            return choice
        }
    }
}
