import SparringJSON
import SparringWire

/// A prompt as the prompt cache sees it: what it begins with, block by block.
///
/// Source: https://platform.openai.com/docs/guides/prompt-caching. Prefixes of 1,024 tokens and more are kept, and are found in steps
/// of 128; what is common to two prompts is taken from their bytes, and tokens are shared out evenly among these.
package struct CacheablePrompt: Sendable {
    /// For each prefix of so many blocks a value that stands for it; the last one stands for the whole prompt.
    package let prefixes: [UInt64]
    /// How long what the request writes is kept, in seconds of the session.
    package let lifetime: Int
    /// Whether the model counts what is written.
    let countsWrites: Bool
    private let tokens: Int
    private let bytes: Int

    /// Tokens of a request's prompt that came from the cache, and that went into it.
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
    /// What a prompt has behind its last part, which no other prompt can have in common with it.
    private static let tail = 3

    /// - Parameters:
    ///   - parts: what the model reads, in its order.
    ///   - request: the body, for its cache parameters.
    ///   - tokens: of the whole prompt.
    /// - Returns: nil for a prompt that is too short, and for a request that wants no cache.
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

    /// Half an hour and half a day are what a request may ask for; without a wish, ten idle minutes or a day.
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
