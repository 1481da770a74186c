extension WireScript {
    /// Adjacent writes, which are sent in one system call.
    package struct Run: Sendable, Hashable {
        /// The bytes of all writes of the run.
        package var range: Range<Int>
        /// The mark of the last write that has a mark.
        package var mark: Mark?
        /// The position of the step after the run.
        package var end: Int

        package init(range: Range<Int>, mark: Mark?, end: Int) {
            self.range = range
            self.mark = mark
            self.end = end
        }
    }
}

extension [WireScript.Step] {
    /// The run of writes that begins at this step; nil if the step is not a write.
    package func run(at start: Int) -> WireScript.Run? {
        guard case .write(let range, let mark) = self[start] else { return nil }
        return extended(WireScript.Run(range: range, mark: mark, end: start + 1))
    }

    /// The run with the adjacent writes that follow it.
    package func extended(_ run: WireScript.Run) -> WireScript.Run {
        var run = run
        while run.end < count, case .write(let more, let next) = self[run.end],
            more.lowerBound == run.range.upperBound
        {
            run.range = run.range.lowerBound..<more.upperBound
            run.mark = next ?? run.mark
            run.end += 1
        }
        return run
    }
}
