import Testing

@testable import SparringCLI

@Suite("Text tables")
struct TextTableTests {
    @Test("Columns are as wide as their longest cells, and lines end without spaces")
    func columns() {
        #expect(TextTable.lines([["a", "b"], ["long", ""], ["c", "dd"]]) == ["a     b", "long", "c     dd"])
        #expect(TextTable.lines([]).isEmpty)
    }
}
