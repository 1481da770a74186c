extension Expectation {
    /// Whether it names what the program prints or how it ends, so that its output has to be read.
    package var isOfProgram: Bool {
        exit ?? .any != .any || text != nil || !atMostOnce.isEmpty || !notShown.isEmpty || usage != nil || runsOnce
            || outcome != Report()
    }
}
