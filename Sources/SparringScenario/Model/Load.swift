/// How answers become slower where many are wanted at once, how many are given at once, and how many calls may wait.
package struct Load: Sendable, Hashable {
    /// What every other call in the house adds to the times of an answer, as a share of them.
    package var slower: Double
    /// Answers that are given at once; nil: however many are wanted.
    package var slots: Int?
    /// Calls that may wait for a slot; nil: however many come.
    package var queue: Int?
    /// For who finds the queue full.
    package var full: ErrorAnswer

    package init(
        slower: Double = 0, slots: Int? = nil, queue: Int? = nil,
        full: ErrorAnswer = ErrorAnswer(name: "server_is_overloaded")
    ) {
        self.slower = slower
        self.slots = slots
        self.queue = queue
        self.full = full
    }
}
