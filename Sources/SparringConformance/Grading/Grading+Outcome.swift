import SparringScenario

/// Grades the outcome that a client reports. Without a report, the checks are unobserved.
extension Grading {
    static func outcomeOK(_ ok: Bool, _ level: Level, _ seen: Observation) -> CheckFinding {
        guard let outcome = seen.outcome else { return unreported(expected: ok ? "success" : "failure") }
        return outcomeOK(ok, level, outcome)
    }

    static func outcomeOK(_ ok: Bool, _ level: Level, _ outcome: Outcome) -> CheckFinding {
        let message = outcome.error.map { ": \($0.kind.rawValue)" } ?? ""
        return CheckFinding(
            outcome.isOK == ok, level, expected: "the client reports \(ok ? "success" : "failure")",
            actual: outcome.isOK ? "it reports success" : "the client reports failure\(message)")
    }

    static func outcomeText(_ text: String, _ level: Level, _ seen: Observation) -> CheckFinding {
        let text = CaseTask.fill(text, session: seen.session)
        guard let outcome = seen.outcome else { return unreported(expected: "“\(text)”") }
        return CheckFinding(
            outcome.text == text, level, expected: "“\(text)”",
            actual: outcome.text.map { "“\($0)”" } ?? "no text")
    }

    static func errorKind(_ kinds: [ErrorKind], _ level: Level, _ seen: Observation) -> CheckFinding {
        let expected = kinds.map(\.rawValue).joined(separator: " or ")
        guard let outcome = seen.outcome else { return unreported(expected: expected) }
        return CheckFinding(
            outcome.error.map { kinds.contains($0.kind) } ?? false, level, expected: expected,
            actual: outcome.error?.kind.rawValue ?? "no error")
    }

    private static func unreported(expected: String) -> CheckFinding {
        CheckFinding(.unobserved, expected: expected, actual: "the client does not report outcomes")
    }
}
