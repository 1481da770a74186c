package import SparringConformance
import SparringExchange

/// A case as the events that tell of it.
extension CaseRun {
    package var events: [RunEvent] { events(beyond: nil) }

    /// What is new since it was told as `earlier`; the case's end is said again.
    func events(after earlier: CaseRun) -> [RunEvent] { events(beyond: earlier) }

    private func events(beyond earlier: CaseRun?) -> [RunEvent] {
        let id = session.subject.id
        let known = Set(earlier?.observation.exchanges.map(\.number) ?? [])
        let said = Set(earlier?.checks ?? [])
        let wire = session.exchanges.filter { !known.contains($0.number) }
            .map { RunEvent.wire(caseID: id, exchange: $0.json(origin: span.start)) }
        let judged = checks.filter { !said.contains($0) }.map { RunEvent.check(caseID: id, $0) }
        return wire + judged + [.caseEnd(end(isAmended: earlier != nil))]
    }

    /// A case that the subject does not claim to be able to do.
    static func skipped(_ subject: Case, missing: [Capability]) -> [RunEvent] {
        [
            .caseStart(RunEvent.CaseStart(subject, session: "", round: 1)),
            .check(caseID: subject.id, subject.notApplicable(missing: missing)),
            .caseEnd(
                RunEvent.CaseEnd(
                    id: subject.id, round: 1, verdict: .skip, ending: "not asked", milliseconds: 0,
                    lagMilliseconds: 0, standardOutput: "", standardError: "")),
        ]
    }

    private func end(isAmended: Bool) -> RunEvent.CaseEnd {
        RunEvent.CaseEnd(
            id: session.subject.id, round: session.round, verdict: verdict, isAmended: isAmended, ending: ending,
            milliseconds: Int(duration / .milliseconds(1)),
            lagMilliseconds: Int((observation.lag / .milliseconds(1)).rounded(.up)),
            // Masked before it is cut: half a key has no shape that a rule knows.
            standardOutput: String(Redaction.output(observation.standardOutput).suffix(4096)),
            standardError: String(Redaction.output(observation.standardError).suffix(4096)))
    }
}
