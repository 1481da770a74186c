import SparringJSON

/// The `usage` object of a response.
struct ResponsesUsage: Sendable {
    var input: Int
    var output: Int
    var reasoning = 0

    var json: JSONValue {
        [
            "input_tokens": .int(input), "input_tokens_details": ["cached_tokens": 0, "cache_write_tokens": 0],
            "output_tokens": .int(output),
            "output_tokens_details": ["reasoning_tokens": .int(reasoning)], "total_tokens": .int(input + output),
        ]
    }
}
