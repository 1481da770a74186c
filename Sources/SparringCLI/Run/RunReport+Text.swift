import SparringEngine

extension RunReport {
    /// Five lines for people; what did not hold is spelled out beneath them.
    func lines(childExit: Int32) -> [String] {
        let verdict = held ? "held" : "DID NOT HOLD"
        var lines = [
            "sparring: \(scenario): \(verdict), the program exited with \(childExit)",
            "  calls      \(calls)",
            "  attempts   \(attempts)",
            "  faults     \(faultsDelivered) delivered, \(faultsOrdered - faultsDelivered) waiting",
            "  unmatched  \(unmatched.count), steps left over \(leftOver.count), seed \(seed)",
        ]
        lines += unmatched.map { "  ! unmatched: \($0)" }
        lines += warnings.map { "  ! warning: \($0)" }
        lines += leftOver.map { "  ! left over: \($0)" }
        lines += faultsMissed.map { "  ! fault not delivered: \($0)" }
        if draws, !held || childExit != 0 {
            lines.append(
                "  the same again: --seed \(seed); with fewer faults: sparring shrink \(scenario) --seed \(seed) -- …")
        }
        lines += unexpected.map { ["  ! \($0)"] } ?? []
        if droppedExchanges > 0 {
            lines.append("  ! \(droppedExchanges) exchanges are no longer in the log; the counts are too low")
        }
        return lines
    }
}
