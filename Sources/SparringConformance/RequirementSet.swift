/// The cases that a grade is given on. A set is named after the suite that its newest cases came with: what comes later
/// runs too, and changes no grade of this set.
package struct RequirementSet: Sendable, Hashable {
    /// Such as `2026.1`.
    package var name: String
    /// Their ids.
    package var cases: [String]

    package init(name: String, cases: [String]) {
        self.name = name
        self.cases = cases
    }

    /// The set that this kit grades by.
    package static let current = "2026.1"

    /// The plain conversation is not scored: without it there is nothing to score.
    package init(named name: String = current, from all: [Case]) {
        self.init(
            name: name, cases: all.filter { $0.since <= name && $0.theme != BuiltInCases.sanityTheme }.map(\.id))
    }
}
