import SparringEngine

extension RunReport {
    /// Five lines for people, then a line for each problem.
    func lines(childExit: Int32) -> [String] {
        var lines = [
            "sparring: \(scenario): \(outcome); your program exited with \(childExit)",
            "  calls      \(calls)",
            "  attempts   \(attempts)",
            "  answers    \(errorsSent), \(faults), \(refused.count) refused",
            "  unmatched  \(unmatched.count), steps left over \(leftOver.count), seed \(seed)",
        ]
        lines += refused.map { "  ! refused: \($0)" }
        lines += unmatched.map { "  ! unmatched: \($0)" }
        lines += leftOver.map { "  ! left over: \($0)" }
        lines += faultsMissed.map { "  ! fault not delivered: \($0)" }
        lines += unexpected.map { ["  ! \($0)"] } ?? []
        if draws, !held || childExit != 0 {
            lines += [
                "  To reproduce: sparring run \(scenario) --seed \(seed) -- …",
                "  To find the faults that matter: sparring shrink \(scenario) --seed \(seed) -- …",
            ]
        }
        if droppedExchanges > 0 {
            lines.append("  ! \(droppedExchanges) exchanges are no longer in the log; the counts are too low")
        }
        return lines
    }

    /// Whether the script was played to its end, or the reasons why the run failed.
    private var outcome: String {
        let problems = [
            unmatched.isEmpty ? nil : "\(Self.count(unmatched.count, "request")) matched no step",
            leftOver.isEmpty ? nil : "the script was not played to its end",
            faultsMissed.isEmpty ? nil : "\(Self.count(faultsMissed.count, "fault")) had no effect",
            unexpected == nil ? nil : "the number of attempts is not the expected one",
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
