import SparringConformance
import SparringScenario

/// The grade of a run on a frozen set of cases: A for all MUSTs and 90 % of the SHOULDs, B for all MUSTs, C for 90 % of the MUSTs, D for 70
/// % of them, and F for less. Known failures count as failures.
///
/// A case counts once as a MUST if it has a MUST, and once as a SHOULD if it has a SHOULD. For a letter, every case of
/// the set must have been played, and nine of ten MUSTs must have a result. Without this rule, a client that never retries would get a good
/// grade: it fails few cases, but its behaviour was hardly observed.
package struct Grade: Sendable, Hashable {
    package enum Letter: String, Sendable, Hashable, CaseIterable {
        case a = "A"
        case b = "B"
        case c = "C"
        case d = "D"
        case f = "F"
    }

    /// The results of one level.
    package struct Tally: Sendable, Hashable {
        package var held = 0
        package var broken = 0
        /// The number of cases that neither passed nor failed.
        package var open = 0

        package var observed: Int { held + broken }
        package var all: Int { observed + open }

        /// Whether at least this percentage of the observed cases passed.
        func reaches(_ hundredths: Int) -> Bool { held * 100 >= observed * hundredths }
    }

    /// The percentage of the MUSTs that a letter needs to be observed.
    private static let leastObserved = 90

    /// The set's name.
    package var set: String
    package var must = Tally()
    package var should = Tally()
    /// The number of cases in the set.
    package var cases: Int
    /// The number of cases of the set that were not played to their end.
    package var missing = 0

    package var letter: Letter? {
        guard missing == 0, must.observed > 0, must.observed * 100 >= must.all * Self.leastObserved else { return nil }
        if must.broken == 0 { return should.reaches(90) ? .a : .b }
        return must.reaches(90) ? .c : must.reaches(70) ? .d : .f
    }

    /// Nil if the log names no set.
    package init?(_ log: RunLog) {
        guard let set = log.start?.set else { return nil }
        self.set = set.name
        cases = set.cases.count
        let played = log.selected.reduce(into: [String: RunLog.Entry]()) { $0[$1.start.id] = $1 }
        for id in set.cases {
            guard let entry = played[id], let end = entry.end else {
                missing += 1
                continue
            }
            guard end.verdict != .skip else { continue }
            Self.count(entry, .must, into: &must)
            Self.count(entry, .should, into: &should)
        }
    }

    private static func count(_ entry: RunLog.Entry, _ level: Level, into tally: inout Tally) {
        let checks = entry.checks.filter { $0.level == level }
        let own = checks.filter { !$0.isBuiltIn }
        if checks.contains(where: { $0.verdict.isBad || $0.verdict == .warn }) {
            tally.broken += 1
        } else if own.contains(where: { $0.verdict == .pass }) && !checks.contains(where: { $0.verdict > .warn }) {
            tally.held += 1
        } else if !own.isEmpty {
            tally.open += 1
        }
    }

    /// `A · MUST 9/9, SHOULD 7/7`, or the reason why there is no letter.
    package var words: String {
        "\(letter?.rawValue ?? "no letter") · \(fractions)" + (whyNone.map { " (\($0))" } ?? "")
    }

    package var fractions: String { "MUST \(must.held)/\(must.observed), SHOULD \(should.held)/\(should.observed)" }

    /// The number of the set's requirements that were observed, in words.
    package var coverage: String {
        "\(must.observed) of \(must.all) MUSTs, \(should.observed) of \(should.all) SHOULDs"
    }

    private var whyNone: String? {
        guard letter == nil else { return nil }
        return missing > 0
            ? "\(missing) of the \(cases) cases of \(set) were not played"
            : "observed: \(coverage); a letter needs \(Self.leastObserved) % of the MUSTs"
    }
}
