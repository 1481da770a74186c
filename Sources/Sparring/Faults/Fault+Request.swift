/// Faults between a request's head and its body. In a step, such a fault needs a rule whose condition tests only the endpoint and headers.
extension MockScenario.Fault {
    /// Answers `Expect: 100-continue` with 417 and ends the connection.
    public static let refuseContinue = named("refuse_continue")

    /// Delays the answer to `Expect: 100-continue`.
    public static func lateContinue(_ duration: Duration = .seconds(2)) -> Self {
        named("late_continue", [.duration(duration)])
    }

    /// Answers with an error before the body is read, and ends the connection. The error is one of
    /// ``MockScenario/ErrorName/serverError``, ``MockScenario/ErrorName/serverIsOverloaded``,
    /// ``MockScenario/ErrorName/rateLimitExceeded``, ``MockScenario/ErrorName/slowDown``,
    /// ``MockScenario/ErrorName/badGateway`` and ``MockScenario/ErrorName/invalidAPIKey``.
    public static func earlyAnswer(_ error: MockScenario.ErrorName = .serverError) -> Self {
        named("early_answer", [.text(error.rawValue)])
    }

    /// Does not read the body for a while.
    public static func stalledUpload(_ duration: Duration = .seconds(2)) -> Self {
        named("stalled_upload", [.duration(duration)])
    }
}
