import SparringEngine
import SparringReport

extension RunReport {
    /// The most calls that a report names as hit by chaos.
    private static let mostStruck = 20

    /// Five lines for people, then a line for each problem.
    /// - Parameter names: the scenarios as on the command line.
    func lines(childExit: Int32?, names: [String] = []) -> [String] {
        let ending = childExit.map { "your program exited with \($0)" } ?? "your program was ended"
        var lines = [
            "sparring: \(scenario): \(outcome(isEnded: childExit != nil)); \(ending)",
            "  calls      \(calls)",
            "  attempts   \(attempts)",
            "  answers    \(errorsSent), \(faults), \(refused.count) refused",
            "  unmatched  \(unmatched.count), steps left over \(leftOver.count), seed \(seed)",
        ]
        lines += refused.map { "  ! refused: \($0)" }
        lines += unmatched.map { "  ! unmatched: \($0)" }
        lines += warnings.map { "  ! warning: \($0)" }
        lines += leftOver.map { "  ! left over: \($0)" }
        lines += faultsMissed.map { "  ! fault not delivered: \($0)" }
        lines += unexpected.map { ["  ! \($0)"] } ?? []
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
        if draws, isBad {
            let named = Shell.line(names.isEmpty ? [scenario] : names)
            lines.append("  To reproduce: sparring run \(named) --seed \(seed) -- …")
            // `shrink` takes one scenario.
            if names.count < 2 {
                lines.append("  To find the faults that matter: sparring shrink \(named) --seed \(seed) -- …")
            }
        }
        if droppedExchanges > 0 {
            lines.append("  ! \(droppedExchanges) exchanges are no longer in the log; the counts are too low")
        }
        return lines
    }

    /// Whether the script was played to its end, or the reasons why the run failed.
    private func outcome(isEnded: Bool) -> String {
        // An interrupted run says nothing about what the program would have done.
        guard isEnded else { return "INTERRUPTED" }
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
