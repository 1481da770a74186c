/// The options of `check` that change how a case is played. A report includes them in the command that repeats a case.
enum CaseFlags {
    /// Options that select cases, name the files that a run writes, or change only the output.
    private static let others: Set<Settings.Key> = [
        .readyFile, .db, .dbBudget, .journal, .adminToken, .prices, .isPublic, .quiet, .log, .watch, .skip, .quick,
        .set,
        .jobs, .callers, .trace, .format, .out, .report, .knownFailures,
    ]

    /// - Parameter flags: the flags of the command line. Values from the environment and from `sparring.yaml` do not have to be repeated.
    static func words(_ flags: [Settings.Key: String]) -> [String] {
        Settings.Key.allCases.filter { !others.contains($0) }.flatMap { key in
            flags[key].map { words(key, $0) } ?? []
        }
    }

    private static func words(_ key: Settings.Key, _ value: String) -> [String] {
        switch Setting.row(key).kind {
        case .flag: value == "true" ? [key.flag] : []
        case .list(_, let separator):
            value.split(separator: separator).flatMap { [key.flag, String($0)] }
        case .value, .choice, .file, .directory: [key.flag, value]
        }
    }
}
