import SparringAPI
import SparringExchange
import SparringWire

/// The prompt prefixes that a session remembers, as the API's prompt cache would.
package struct PromptCache: Sendable {
    /// The time until which each prefix is kept, in seconds of session time.
    var kept: [UInt64: Int64] = [:]
    /// The prefixes that have changed since the last commit to a store; nil without a store.
    var changed: ChangedKeys?

    /// The largest number of prefixes; beyond it, the cache is cleared.
    private static let capacity = 65_536

    package init() {}

    /// Finds the longest cached prefix of the prompt, and adds all its prefixes to the cache.
    mutating func use(_ prompt: CacheablePrompt, of organization: String, at time: Moment) -> CacheablePrompt.Use {
        let now = time.nanoseconds / 1_000_000_000
        let salt = FNV1a.hash(organization)
        if kept.count + prompt.prefixes.count > Self.capacity {
            kept.removeAll(keepingCapacity: true)
            changed?.clear()
        }
        // All shorter prefixes of a cached prefix are kept at least as long, so a binary search finds the longest one.
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
        if changed != nil { for prefix in prompt.prefixes { changed?.insert(prefix ^ salt) } }
        for prefix in prompt.prefixes { kept[prefix ^ salt] = max(until, kept[prefix ^ salt] ?? until) }
        return prompt.use(blocks: low)
    }
}
