import Foundation
import SparringScenario
import Testing

@testable import SparringConformance

@Suite("Sets of cases")
struct RequirementSetTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test("The built-in sets are the current one and a quick subset of it")
    func builtIn() throws {
        let current = try #require(try RequirementSet.builtIn(RequirementSet.current))
        let quick = try #require(try RequirementSet.builtIn(RequirementSet.quick))
        #expect(RequirementSet.names == [RequirementSet.current])
        #expect(current.cases.count >= 120)
        #expect((25...40).contains(quick.cases.count))
        #expect(Set(quick.cases).isSubset(of: current.cases))
        #expect(try RequirementSet.builtIn("1999.1") == nil)
    }

    @Test("Mistakes in a set of cases are reported with place and fix")
    func mistakes() {
        let text = "schema: 2\nset: x\ncases: [a.b, a.b]\n"
        guard case .failure(let mistakes) = RequirementSet.load(text: text, file: "x.yaml") else {
            Issue.record("it loads")
            return
        }
        let said = mistakes.diagnostics.map(\.description)
        #expect(said.contains { $0.hasPrefix("x.yaml:1:9: ") && $0.contains("schema: 1") }, "\(said)")
        #expect(said.contains { $0.hasPrefix("x.yaml:3:14: ") && $0.contains("twice") }, "\(said)")
    }
}
