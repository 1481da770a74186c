import SparringJSON
import SparringWire

/// A prompt in the form that the prompt cache needs: a hash for each of its prefixes, in steps of a block.
///
/// Source: https://platform.openai.com/docs/guides/prompt-caching. The API caches prefixes of at least 1,024 tokens, in
/// steps of 128. The length of a common prefix is measured in bytes; its tokens are estimated in proportion.
package struct CacheablePrompt: Sendable {
    /// The hashes of the prefixes of 1, 2, … blocks; the last hash is that of the whole prompt.
    package let prefixes: [UInt64]
    /// How long the cache keeps this prompt, in seconds of session time.
    package let lifetime: Int
    /// Whether the model reports tokens written to the cache.
    let countsWrites: Bool
    private let tokens: Int
    private let bytes: Int

    /// The tokens of a prompt that were read from the cache, and those written to it.
    package struct Use: Sendable, Hashable {
        package var cached = 0
        package var written = 0

        package init(cached: Int = 0, written: Int = 0) {
            self.cached = cached
            self.written = written
        }
    }

    static let least = 1024
    static let step = 128
    private static let block = 256
    /// The tokens after the last part of a prompt, which are never cached.
    private static let tail = 3

    /// - Parameters:
    ///   - parts: everything that the model reads, in order.
    ///   - request: the body, for its cache parameters.
    ///   - tokens: the number of tokens of the whole prompt.
    /// - Returns: nil for a prompt that is too short, and for a request that disables the cache.
    init?(_ parts: @autoclosure () -> [JSONValue], of request: JSONObject, model: ModelInfo, tokens: Int) {
        guard tokens >= Self.least else { return nil }
        let options = request["prompt_cache_options"]
        let text = parts().map { $0.text() }.joined()
        if options?["mode"] == "explicit", text.firstRange(of: "\"prompt_cache_breakpoint\"") == nil { return nil }
        let generation = ResponsesGeneration(model)
        self.tokens = tokens
        countsWrites = generation.countsCacheWrites
        lifetime = Self.lifetime(
            ttl: options?["ttl"]?.string,
            retention: request["prompt_cache_retention"]?.string ?? generation.retention)
        var hash = FNV1a()
        hash.add(model.snapshot.utf8)
        hash.add((request["prompt_cache_key"]?.string ?? "").utf8)
        var prefixes: [UInt64] = []
        var rest = Array(text.utf8)[...]
        bytes = rest.count
        prefixes.reserveCapacity(rest.count / Self.block + 1)
        while !rest.isEmpty {
            hash.add(rest.prefix(Self.block))
            prefixes.append(hash.value)
            rest = rest.dropFirst(Self.block)
        }
        self.prefixes = prefixes
    }

    /// The lifetime in seconds. A request can set half an hour or half a day; otherwise it is a day or ten idle minutes, depending on the
    /// retention.
    private static func lifetime(ttl: String?, retention: String) -> Int {
        switch ttl {
        case "30m": 1800
        case "12h": 43_200
        default: retention == "24h" ? 86_400 : 600
        }
    }

    /// The token counts of a prompt whose first `blocks` prefixes were in the cache.
    package func use(blocks: Int) -> Use {
        let common = blocks == prefixes.count ? tokens : tokens * min(bytes, blocks * Self.block) / max(1, bytes)
        let cached = common < Self.least ? 0 : common - common % Self.step
        return Use(cached: cached, written: countsWrites ? max(0, tokens - Self.tail - cached) : 0)
    }
}
