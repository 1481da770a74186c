import Testing

@testable import SparringDriver

@Suite("Process marks")
struct ProcessMarkTests {
    @Test("Two marks are never equal")
    func unique() { #expect(ProcessMark() != ProcessMark()) }

    struct Row: Sendable, CustomTestStringConvertible {
        var environment: String
        var isCarried: Bool

        var testDescription: String { environment.replacing("\0", with: "·") }
    }

    @Test(
        "A mark is found only in the variable SPARRING_RUN, and only as a whole element",
        arguments: [
            Row(environment: "A=b\0SPARRING_RUN=one\0C=d\0", isCarried: true),
            Row(environment: "SPARRING_RUN=zero,one", isCarried: true),
            Row(environment: "SPARRING_RUN=one,two\0", isCarried: true),
            Row(environment: "SPARRING_RUN=onetwo\0", isCarried: false),
            Row(environment: "SPARRING_RUN=\0", isCarried: false),
            Row(environment: "SPARRING_RUNS=one\0", isCarried: false),
            Row(environment: "OPENAI_BASE_URL=one\0", isCarried: false),
            Row(environment: "", isCarried: false),
        ])
    func carried(row: Row) {
        #expect(ProcessMark("one").isCarried(by: Array(row.environment.utf8)) == row.isCarried)
    }

    @Test("The child of a marked process carries both marks")
    func nested() {
        let (outer, inner) = (ProcessMark("outer"), ProcessMark("inner"))
        let value = inner.value(inside: outer.value(inside: nil))
        #expect(value == "outer,inner")
        #expect(outer.isCarried(by: Array("SPARRING_RUN=\(value)\0".utf8)))
        #expect(inner.value(inside: "") == "inner")
    }
}
