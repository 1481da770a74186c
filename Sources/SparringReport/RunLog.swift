package import SparringConformance
package import SparringJSON

/// The events of a run by case, in the order in which the cases began. Later events replace earlier ones.
package struct RunLog: Sendable {
    package struct Entry: Sendable {
        package var start: RunEvent.CaseStart
        package var exchanges: [JSONValue] = []
        package var checks: [Check] = []
        /// The findings about its known failures.
        package var known: [KnownFailures.Finding] = []
        /// Nil if the run ended before the case.
        package var end: RunEvent.CaseEnd?
    }

    package private(set) var start: RunEvent.RunStart?
    /// The features of the client; nil in logs of early versions, which graded everything.
    package private(set) var claims: ClientCapabilities?
    package private(set) var entries: [Entry] = []
    package private(set) var end: RunEvent.RunEnd?

    package init() {}

    package init(_ events: some Sequence<RunEvent>) { for event in events { append(event) } }

    package mutating func append(_ event: RunEvent) {
        switch event {
        case .runStart(let start): self.start = start
        case .runEnd(let end): self.end = end
        case .claims(let claims): self.claims = claims
        case .caseStart(let start):
            // A new round of a case replaces the earlier one.
            if let index = index(of: start.id) {
                entries[index] = Entry(start: start)
            } else {
                entries.append(Entry(start: start))
            }
        case .wire(let id, let exchange): change(id) { $0.exchanges.append(exchange) }
        case .check(let id, let check):
            change(id) { entry in
                // A check that is reported again replaces the earlier report of that check.
                entry.checks.removeAll { $0.id == check.id }
                entry.checks.append(check)
            }
        case .caseEnd(let end): change(end.id) { $0.end = end }
        case .known(let finding): change(finding.caseID) { $0.known.append(finding) }
        }
    }

    /// The selected cases. The plain conversation at the start and the end is one of the cases only if it was selected by name.
    package var selected: [Entry] {
        let wanted = Set(start?.cases ?? [])
        return entries.filter { wanted.contains($0.start.id) }
    }

    private func index(of id: String) -> Int? { entries.firstIndex { $0.start.id == id } }

    private mutating func change(_ id: String, _ change: (inout Entry) -> Void) {
        if let index = index(of: id) { change(&entries[index]) }
    }
}

/// An unreadable line of a log.
package struct BadLine: Error, Sendable, Hashable, CustomStringConvertible {
    /// From 1.
    package var line: Int
    package var reason: String

    package var description: String { "\(line):1: \(reason)" }
}

extension RunLog {
    /// Reads `report.jsonl`.
    package init(lines text: String) throws(BadLine) {
        self.init()
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        where !line.isEmpty {
            do {
                append(try RunEvent(json: try JSONValue.parse(String(line))))
            } catch {
                throw BadLine(line: index + 1, reason: "\(error)")
            }
        }
    }
}
