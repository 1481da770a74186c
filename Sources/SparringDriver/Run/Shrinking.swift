/// Finds a small part of a list that still fails: "delta debugging" (Zeller, Hildebrandt: "Simplifying and isolating failure-inducing
/// input", 2002). It asks, and is told; who runs what it asks for is not its business.
package struct Shrinking<Item: Sendable>: Sendable {
    /// The smallest list so far that fails.
    package private(set) var kept: [Item]
    /// How often it has asked.
    package private(set) var tries = 0
    private var waiting: [[Item]]
    private var asked: [Item]?
    private var parts = 2

    /// - Parameter failing: is known to fail.
    package init(failing: [Item]) {
        kept = failing
        // What fails without any fault at all needs no search.
        waiting = failing.isEmpty ? [] : [[]]
        waiting += Self.candidates(failing, 2)
    }

    /// What is to be tried next; nil: `kept` is the answer. One less of it does not fail.
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

    /// What became of it.
    package mutating func tried(fails: Bool) {
        guard fails, let asked else { return }
        let isPart = asked.count * 2 <= kept.count
        kept = asked
        parts = isPart ? 2 : max(2, parts - 1)
        parts = min(parts, max(1, kept.count))
        waiting = Self.candidates(kept, parts)
    }

    /// Each part alone, then each part left out.
    private static func candidates(_ items: [Item], _ parts: Int) -> [[Item]] {
        guard items.count > 1 else { return [] }
        let bounds = (0...parts).map { items.count * $0 / parts }
        let ranges = zip(bounds, bounds.dropFirst()).map { $0..<$1 }
        let alone = ranges.map { Array(items[$0]) }
        guard parts > 2 else { return alone }
        return alone + ranges.map { Array(items[..<$0.lowerBound] + items[$0.upperBound...]) }
    }
}
