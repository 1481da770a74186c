/// Load on the server: how concurrent calls slow each other down, how many are answered at once, and how many may wait.
package struct Load: Sendable, Hashable {
    /// The fraction by which each additional running call lengthens the times of an answer.
    package var slower: Double
    /// The number of calls that are answered at the same time; nil for no limit.
    package var slots: Int?
    /// The number of calls that may wait for a slot; nil for no limit.
    package var queue: Int?
    /// The error for a call that arrives while the queue is full.
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
