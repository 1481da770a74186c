package import SparringConformance
import SparringExchange
import SparringJSON

/// The events of a case in a run.
extension CaseRun {
    package var events: [RunEvent] { events(beyond: nil) }

    /// The events that are not in `earlier`, followed by the end of the case.
    func events(after earlier: CaseRun) -> [RunEvent] { events(beyond: earlier) }

    private func events(beyond earlier: CaseRun?) -> [RunEvent] {
        let id = session.subject.id
        let known = Set(earlier?.observation.exchanges.map(\.number) ?? [])
        let said = Set(earlier?.checks ?? [])
        let wire = session.exchanges.filter { !known.contains($0.number) }
            .map { RunEvent.wire(caseID: id, exchange: traced($0)) }
        let judged = checks.filter { !said.contains($0) }.map { RunEvent.check(caseID: id, $0) }
        return wire + judged + [.caseEnd(end(isAmended: earlier != nil))]
    }

    private func traced(_ exchange: Exchange) -> JSONValue {
        let json = exchange.json(origin: span.start)
        guard let bytes = session.bytes, var object = json.object else { return json }
        object["bytes"] = bytes.json(of: exchange)
        return .object(object)
    }

    /// The events of a case that is skipped because the client lacks a feature.
    static func skipped(_ subject: Case, missing: [Capability]) -> [RunEvent] {
        [
            .caseStart(RunEvent.CaseStart(subject, session: "", round: 1)),
            .check(caseID: subject.id, subject.notApplicable(missing: missing)),
            .caseEnd(
                RunEvent.CaseEnd(
                    id: subject.id, round: 1, verdict: .skip, ending: "not run", milliseconds: 0,
                    lagMilliseconds: 0, standardOutput: "", standardError: "")),
        ]
    }

    private func end(isAmended: Bool) -> RunEvent.CaseEnd {
        RunEvent.CaseEnd(
            id: session.subject.id, round: session.round, verdict: verdict, isAmended: isAmended, ending: ending,
            milliseconds: Int(duration / .milliseconds(1)),
            lagMilliseconds: Int((observation.lag / .milliseconds(1)).rounded(.up)),
            // The output is masked before it is cut, because no rule recognizes half of a key.
            standardOutput: String(Redaction.output(observation.standardOutput).suffix(4096)),
            standardError: String(Redaction.output(observation.standardError).suffix(4096)),
            returned: observation.outcome.map { String(Redaction.output($0.json.text()).prefix(4096)) })
    }
}
