import SparringConformance
import SparringScenario
import Testing

@testable import SparringCLI

@Suite("Cases with a second question")
struct SecondTurnTests {
    @Test("A program that asks only the first question leaves no step of a built-in case over")
    func optional() throws {
        let cases = try CaseFiles.builtIn().filter { $0.task.then != nil && !$0.task.operation.isSocket }
        #expect(!cases.isEmpty)
        for subject in cases {
            let steps = subject.scenario.rules.flatMap(\.steps)
            #expect(steps.count { !$0.isOptional } <= 1, "\(subject.id) needs more than one answer")
        }
    }
}
