/// The keys of a table that have changed since the last commit to a store.
struct ChangedKeys: Sendable {
    private(set) var keys: Set<UInt64> = []
    /// Whether the table was emptied before the keys were set.
    private(set) var isCleared = false

    mutating func insert(_ key: UInt64) { keys.insert(key) }

    mutating func clear() {
        keys = []
        isCleared = true
    }
}
