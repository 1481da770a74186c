import SparringConformance

/// Compares two runs: shows which verdicts are better and which are worse.
package struct Comparison: Sendable {
    package struct Change: Sendable, Hashable {
        package enum Kind: String, Sendable, Hashable, CaseIterable {
            case worse
            case better
            /// The verdict is neither better nor worse: for example, one is skipped and the other is unobserved.
            case other
            case added
            case gone
        }

        package var id: String
        package var kind: Kind
        /// The verdicts; nil for a run that did not play the case.
        package var before: String?
        package var after: String?
    }

    package var changes: [Change]
    /// The number of cases with the same verdict in both runs.
    package var same: Int
    package var grades: (before: Grade?, after: Grade?)

    package init(_ before: GradedRun, _ after: GradedRun) {
        let rows = Matrix([after, before]).rows
        changes = rows.compactMap { row in Self.change(row.id, row.entries[1], row.entries[0]) }
        same = rows.count - changes.count
        grades = (before.grade, after.grade)
    }

    package var isWorse: Bool { changes.contains { $0.kind == .worse } }

    private static func change(_ id: String, _ before: RunLog.Entry?, _ after: RunLog.Entry?) -> Change? {
        // A case that an interruption cut off was not played, so it can be neither better nor worse.
        let (before, after) = (before.flatMap(\.played), after.flatMap(\.played))
        let (old, new) = (before?.verdict, after?.verdict)
        guard old != new else { return nil }
        let kind: Change.Kind =
            switch (before, after) {
            case (nil, _): .added
            case (_, nil): .gone
            case (let before?, let after?): Self.kind(before.worth, after.worth)
            }
        return Change(id: id, kind: kind, before: old, after: new)
    }

    private static func kind(_ before: Int, _ after: Int) -> Change.Kind {
        after < before ? .worse : after > before ? .better : .other
    }

    /// The maximum number of rows for cases that only one of the runs has.
    private static let mostRows = 10

    package var lines: [String] {
        // If a run contains only some of the cases, the report would otherwise list all the others.
        let folded = [Change.Kind.added, .gone].filter { kind in changes.count { $0.kind == kind } > Self.mostRows }
        let listed = changes.filter { !folded.contains($0.kind) }
        let width = listed.map(\.id.count).max() ?? 0
        let rows = listed.sorted { ($0.kind.rank, $0.id) < ($1.kind.rank, $1.id) }.map { change in
            let id = change.id + String(repeating: " ", count: width - change.id.count)
            let kind = change.kind.rawValue.uppercased()
            let padding = String(repeating: " ", count: 8 - kind.count)
            return "\(kind)\(padding)\(id)  \(change.before ?? "–") → \(change.after ?? "–")"
        }
        let others = folded.map { kind in
            "\(kind.rawValue.uppercased())\(kind == .added ? "   " : "    ")\(changes.count { $0.kind == kind }) cases that only the "
                + (kind == .added ? "second run played" : "first run played")
        }
        let counts = Change.Kind.allCases.compactMap { kind -> String? in
            let count = changes.count { $0.kind == kind }
            return count == 0 ? nil : "\(count) \(kind.rawValue)"
        }
        let summary = "sparring: \((counts + ["\(same) the same"]).joined(separator: ", "))"
        guard let before = grades.before, let after = grades.after else { return rows + others + [summary] }
        return rows + others + ["before  \(before.words)", "after   \(after.words)", summary]
    }
}

extension Comparison.Change.Kind {
    fileprivate var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension RunLog.Entry {
    /// Nil if the case has no end.
    fileprivate var played: RunLog.Entry? { end == nil ? nil : self }

    /// Orders verdicts: a pass is better than an undecided verdict, which is better than a failure.
    fileprivate var worth: Int {
        switch end?.verdict {
        case .pass: 3
        case .skip, .unobserved, .inconclusive: 2
        case .warn: 1
        case .fail, .timeout: 0
        case .error, nil: 2
        }
    }
}
