import SparringAPI
import SparringExchange
import SparringWire

/// The prompts that a session has seen, as far as the API would remember them.
package struct PromptCache: Sendable {
    /// Until when each prefix is kept, by the session's time in seconds.
    private var kept: [UInt64: Int64] = [:]

    /// Prefixes that are kept; beyond it, the cache starts afresh.
    private static let capacity = 65_536

    package init() {}

    /// Finds the longest prefix that is kept, and keeps all of the prompt.
    mutating func use(_ prompt: CacheablePrompt, of organization: String, at time: Moment) -> CacheablePrompt.Use {
        let now = time.nanoseconds / 1_000_000_000
        let salt = FNV1a.hash(organization)
        if kept.count + prompt.prefixes.count > Self.capacity { kept.removeAll(keepingCapacity: true) }
        // A prefix that is kept has every shorter one kept as long.
        var (low, high) = (0, prompt.prefixes.count)
        while low < high {
            let middle = (low + high + 1) / 2
            if kept[prompt.prefixes[middle - 1] ^ salt].map({ $0 > now }) ?? false {
                low = middle
            } else {
                high = middle - 1
            }
        }
        let until = now + Int64(prompt.lifetime)
        for prefix in prompt.prefixes { kept[prefix ^ salt] = max(until, kept[prefix ^ salt] ?? until) }
        return prompt.use(blocks: low)
    }
}
