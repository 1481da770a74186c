package import SparringScenario

extension Case {
    /// A case without expectations: it records what a client does and grades nothing.
    /// - Parameters:
    ///   - limit: the time limit of the client's call.
    ///   - timeout: the deadline of the case.
    package static func open(_ id: String, scenario: Scenario, limit: Duration, timeout: Duration) -> Case {
        Case(
            id: id, since: "", title: id, why: "", references: [], needs: [], level: .info,
            task: CaseTask(timeout: limit),
            scenario: scenario, expectation: Expectation(), timeout: timeout, mayWait: true, isExclusive: false, line: 0
        )
    }
}
