import Testing

@testable import SparringDriver

@Suite("Shrinking of failures")
struct ShrinkingTests {
    private static func shrunk(_ count: Int, fails: ([Int]) -> Bool) -> (kept: [Int], tries: Int) {
        var shrinking = Shrinking(failing: Array(0..<count))
        while let part = shrinking.next() { shrinking.tried(fails: fails(part)) }
        return (shrinking.kept, shrinking.tries)
    }

    @Test(
        "Shrinking keeps exactly the faults that make the program fail",
        arguments: [[0], [31], [17], [3, 4], [0, 31], [5, 6, 7], [1, 9, 20, 30], Array(0..<32)])
    func minimal(culprits: [Int]) {
        let (kept, tries) = Self.shrunk(32) { Set(culprits).isSubset(of: $0) }
        #expect(kept == culprits)
        #expect(tries < 200)
    }

    @Test("Shrinking keeps no fault when the program fails without any")
    func none() {
        #expect(Self.shrunk(20) { _ in true } == (kept: [], tries: 1))
        #expect(Self.shrunk(0) { _ in true }.kept.isEmpty)
    }
}
