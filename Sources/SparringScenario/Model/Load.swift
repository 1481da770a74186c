/// Load on the server: how concurrent calls slow each other down, how many are answered at once, and how many may wait.
package struct Load: Sendable, Hashable {
    /// The share by which each other call in progress lengthens the times of an answer.
    package var slower: Double
    /// How many calls are answered at once; nil: no limit.
    package var slots: Int?
    /// How many calls may wait for a slot; nil: no limit.
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
