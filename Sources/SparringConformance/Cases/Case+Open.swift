package import SparringScenario

extension Case {
    /// A case that asks for nothing: what a client does in it is looked at, not graded.
    /// - Parameters:
    ///   - limit: what the client is told that its call may take.
    ///   - timeout: when nobody waits any longer.
    package static func open(_ id: String, scenario: Scenario, limit: Duration, timeout: Duration) -> Case {
        Case(
            id: id, since: "", title: id, why: "", references: [], needs: [], level: .info,
            task: CaseTask(timeout: limit),
            scenario: scenario, expectation: Expectation(), timeout: timeout, mayWait: true, isExclusive: false, line: 0
        )
    }
}
