package import SparringScenario

extension Case {
    /// A case that asks for nothing: what a client does in it is looked at, not graded.
    package static func open(_ id: String, scenario: Scenario, timeout: Duration) -> Case {
        Case(
            id: id, since: "", title: id, why: "", references: [], needs: [], level: .info, task: CaseTask(),
            scenario: scenario, expectation: Expectation(), timeout: timeout, mayWait: true, isExclusive: false, line: 0
        )
    }
}
