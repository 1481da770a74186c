import SparringJSON

/// The `usage` object of a response.
struct ResponsesUsage: Sendable {
    var input: Int
    var output: Int
    var reasoning = 0
    var cache = CacheablePrompt.Use()

    var json: JSONValue {
        [
            "input_tokens": .int(input),
            "input_tokens_details": [
                "cache_write_tokens": .int(cache.written), "cached_tokens": .int(cache.cached),
            ],
            "output_tokens": .int(output),
            "output_tokens_details": ["reasoning_tokens": .int(reasoning)], "total_tokens": .int(input + output),
        ]
    }
}
