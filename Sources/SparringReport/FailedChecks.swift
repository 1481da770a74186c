import SparringConformance

/// The failed checks of a case in one line, such as `The call takes exactly 1 request: expected exactly 1 request, got 3`.
enum FailedChecks {
    static func line(_ entry: RunLog.Entry) -> String {
        let worst = entry.end?.verdict
        let said = entry.offences.filter { $0.verdict.isBad || $0.verdict == .warn || $0.verdict == worst }
        return said.map { "\($0.requirement): expected \($0.expected), got \($0.actual)" }.joined(separator: "; ")
    }
}
