import SparringScenario

/// Grades the outcome that a client reports. Without a report, the checks are unobserved.
extension Grading {
    static func outcomeOK(_ ok: Bool, _ level: Level, _ seen: Observation) -> Finding {
        guard let outcome = seen.outcome else { return unreported(expected: ok ? "success" : "failure") }
        return outcomeOK(ok, level, outcome)
    }

    static func outcomeOK(_ ok: Bool, _ level: Level, _ outcome: Outcome) -> Finding {
        let message = outcome.error.map { ": \($0.kind.rawValue)" } ?? ""
        return Finding(
            outcome.isOK == ok, level, expected: "the client reports \(ok ? "success" : "failure")",
            actual: outcome.isOK ? "it reports success" : "the client reports failure\(message)")
    }

    static func outcomeText(_ text: String, _ level: Level, _ seen: Observation) -> Finding {
        let text = CaseTask.fill(text, session: seen.session)
        guard let outcome = seen.outcome else { return unreported(expected: "“\(text)”") }
        return Finding(
            outcome.text == text, level, expected: "“\(text)”",
            actual: outcome.text.map { "“\($0)”" } ?? "no text")
    }

    static func errorKind(_ kinds: [ErrorKind], _ level: Level, _ seen: Observation) -> Finding {
        let expected = kinds.map(\.rawValue).joined(separator: " or ")
        guard let outcome = seen.outcome else { return unreported(expected: expected) }
        return Finding(
            outcome.error.map { kinds.contains($0.kind) } ?? false, level, expected: expected,
            actual: outcome.error?.kind.rawValue ?? "no error")
    }

    private static func unreported(expected: String) -> Finding {
        Finding(.unobserved, expected: expected, actual: "the client does not report outcomes")
    }
}
