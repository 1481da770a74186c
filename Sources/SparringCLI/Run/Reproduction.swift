import SparringReport

/// The commands that play a run with random faults again, and that look for the faults that matter. Pure.
struct Reproduction {
    /// The scenarios as on the command line; may be empty.
    var scenarios: [String]
    /// The flags of the command line. Flags that do not affect the run are left out.
    var flags: [Settings.Key: String]
    /// The program and its arguments.
    var command: [String]

    /// The flags that `shrink` repeats, without the seed, which may also come from the scenario.
    private static let kept = ReproductionOptions.keys.subtracting([.seed])

    /// - Parameter seed: the seed of the run.
    func lines(seed: UInt64) -> [String] {
        let options = ["--seed", "\(seed)"] + CaseFlags.words(flags.filter { Self.kept.contains($0.key) })
        func line(_ subcommand: String) -> String {
            Shell.line(["sparring", subcommand] + scenarios + options + ["--"] + command)
        }
        // The command for `shrink` exists only for a run with one scenario, because `shrink` accepts only one scenario.
        return ["  To reproduce: \(line("run"))"]
            + (scenarios.count == 1 ? ["  To find the faults that matter: \(line("shrink"))"] : [])
    }
}
