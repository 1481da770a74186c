import SparringConformance
import SparringEngine
import SparringReport
import SparringScenario

extension RunReport {
    /// The maximum number of calls with chaos faults that a report lists.
    private static let mostStruck = 20

    /// Five lines for people, then a line for each problem.
    /// - Parameters:
    ///   - verdict: the verdict on the scenario's expectations; nil if it has no expectations.
    ///   - reproduction: the command line of the run.
    func lines(childExit: Int32?, verdict: ScenarioVerdict?, reproduction: Reproduction) -> [String] {
        let ending = childExit.map { "your program exited with \($0)" } ?? "your program was ended"
        var lines = [
            "sparring: \(scenario): \(childExit == nil ? "INTERRUPTED" : outcome(verdict)); \(ending)",
            "  calls      \(calls)",
            "  attempts   \(attempts)",
            "  answers    \(errorsSent), \(faults), \(refused.count) refused",
            "  unmatched  \(unmatched.count), steps left over \(leftOver.count), seed \(seed)",
        ]
        lines += refused.map { "  ! refused: \($0)" }
        lines += unmatched.map { "  ! unmatched: \($0)" }
        lines += warnings.map { "  ! warning: \($0)" }
        if exchanges.isEmpty, droppedExchanges == 0, childExit != nil {
            lines.append(
                "  ! warning: no request came: the program must read its address from OPENAI_BASE_URL when it starts")
        }
        lines += leftOver.map { "  ! left over: \($0)" }
        lines += faultsMissed.map { "  ! fault not delivered: \($0)" }
        lines += verdict.map { $0.offences.map(Self.line) } ?? unexpected.map { ["  ! \($0)"] } ?? []
        let isBad = !held || childExit != 0
        if !struck.isEmpty {
            lines.insert("  chaos      hit \(Self.count(struck.count, "call"))", at: 4)
            if isBad {
                lines += struck.prefix(Self.mostStruck).map { "  · chaos: \($0)" }
                if struck.count > Self.mostStruck {
                    lines.append("  · chaos: \(struck.count - Self.mostStruck) more calls")
                }
            }
        }
        if draws, isBad { lines += reproduction.lines(seed: seed) }
        if droppedExchanges > 0 {
            lines.append("  ! \(droppedExchanges) exchanges are no longer in the log; the counts are too low")
        }
        return lines
    }

    /// A broken expectation, or one that could not be decided.
    private static func line(_ check: Check) -> String {
        let mark = check.verdict.isBad ? "!" : "?"
        let level = check.level == .must ? "" : " (\(check.level.rawValue))"
        let doubt = check.verdict == .inconclusive ? " (undecided)" : ""
        return "  \(mark) expected\(level): \(check.requirement): \(check.expected); actual: \(check.actual)\(doubt)"
    }

    /// Whether the script was played to its end, or the reasons why the run failed.
    private func outcome(_ verdict: ScenarioVerdict?) -> String {
        let broken = verdict?.checks.count { $0.verdict.isBad } ?? 0
        let problems = [
            unmatched.isEmpty ? nil : "\(Self.count(unmatched.count, "request")) matched no step",
            leftOver.isEmpty ? nil : "the script was not played to its end",
            faultsMissed.isEmpty ? nil : "\(Self.count(faultsMissed.count, "fault")) had no effect",
            unexpected == nil || verdict != nil ? nil : "the number of attempts is not the expected number",
            broken == 0 ? nil : "\(Self.count(broken, "expectation")) \(broken == 1 ? "is" : "are") not met",
        ].compactMap(\.self)
        return problems.isEmpty
            ? "the script was played to its end" : "FAILED: \(problems.joined(separator: ", "))"
    }

    /// `2 errors sent (429 ×2)`
    private var errorsSent: String {
        let statuses = errors.sorted { $0.key < $1.key }.map { "\($0.key) ×\($0.value)" }
        return "\(Self.count(errorCount, "error")) sent"
            + (statuses.isEmpty ? "" : " (\(statuses.joined(separator: ", ")))")
    }

    private var faults: String {
        faultsDelivered == faultsOrdered
            ? Self.count(faultsOrdered, "fault")
            : "\(faultsDelivered) of \(Self.count(faultsOrdered, "fault"))"
    }

    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
