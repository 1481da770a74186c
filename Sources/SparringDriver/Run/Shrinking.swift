/// Finds a small part of a list that still fails: "delta debugging" (Zeller, Hildebrandt: "Simplifying and isolating failure-inducing
/// input", 2002). The caller runs the tests.
package struct Shrinking<Item: Sendable>: Sendable {
    /// The smallest failing list so far.
    package private(set) var kept: [Item]
    /// The number of tests so far.
    package private(set) var tries = 0
    private var waiting: [[Item]]
    private var asked: [Item]?
    private var parts = 2

    /// - Parameter failing: a list that fails.
    package init(failing: [Item]) {
        kept = failing
        // If the test fails even without faults, no search is needed.
        waiting = failing.isEmpty ? [] : [[]]
        waiting += Self.candidates(failing, 2)
    }

    /// The next list to test; nil at the end. At the end, `kept` fails, and no list with one element fewer fails.
    package mutating func next() -> [Item]? {
        while waiting.isEmpty {
            guard parts < kept.count else { return nil }
            parts = min(parts * 2, kept.count)
            waiting = Self.candidates(kept, parts)
        }
        tries += 1
        asked = waiting.removeFirst()
        return asked
    }

    /// Receives the result of the test.
    package mutating func tried(fails: Bool) {
        guard fails, let asked else { return }
        let isPart = asked.count * 2 <= kept.count
        kept = asked
        parts = isPart ? 2 : max(2, parts - 1)
        parts = min(parts, max(1, kept.count))
        waiting = Self.candidates(kept, parts)
    }

    /// The candidates: each part alone, then everything except one part.
    private static func candidates(_ items: [Item], _ parts: Int) -> [[Item]] {
        guard items.count > 1 else { return [] }
        let bounds = (0...parts).map { items.count * $0 / parts }
        let ranges = zip(bounds, bounds.dropFirst()).map { $0..<$1 }
        let alone = ranges.map { Array(items[$0]) }
        guard parts > 2 else { return alone }
        return alone + ranges.map { Array(items[..<$0.lowerBound] + items[$0.upperBound...]) }
    }
}
