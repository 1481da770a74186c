extension Expectation {
    /// Whether the expectation concerns the program's output or its exit, so that the output has to be read.
    package var isOfProgram: Bool {
        exit ?? .any != .any || text != nil || !atMostOnce.isEmpty || !notShown.isEmpty || usage != nil || runsOnce
            || outcome != Report()
    }
}
