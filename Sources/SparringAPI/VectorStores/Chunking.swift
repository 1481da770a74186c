package import SparringJSON

/// How a file is cut into pieces.
package struct Chunking: Sendable, Hashable {
    /// The number of tokens of a piece.
    package var size = 800
    /// The number of tokens that neighbouring pieces share.
    package var overlap = 400

    package init() {}

    package var json: JSONValue {
        [
            "type": "static",
            "static": ["max_chunk_size_tokens": .int(size), "chunk_overlap_tokens": .int(overlap)],
        ]
    }

    /// Parses what `json` returns.
    init(_ json: JSONValue?) {
        size = json?["static"]?["max_chunk_size_tokens"]?.int ?? size
        overlap = json?["static"]?["chunk_overlap_tokens"]?.int ?? overlap
    }

    static func check(_ value: JSONValue?) throws(APIError) -> Chunking {
        guard let value = value?.unlessNull else { return Chunking() }
        guard let object = value.object else {
            throw .invalidType("chunking_strategy", expected: "an object", got: value)
        }
        guard let type = object["type"]?.string else { throw .missing("chunking_strategy.type") }
        guard ["auto", "static"].contains(type) else {
            throw .invalidValue("chunking_strategy.type", type, supported: ["auto", "static"])
        }
        guard type == "static" else { return Chunking() }
        let place = "chunking_strategy.static"
        guard let size = object["static"]?["max_chunk_size_tokens"]?.int else {
            throw .missing("\(place).max_chunk_size_tokens")
        }
        guard let overlap = object["static"]?["chunk_overlap_tokens"]?.int else {
            throw .missing("\(place).chunk_overlap_tokens")
        }
        guard size >= 100 else {
            throw .integerBelow("\(place).max_chunk_size_tokens", minimum: 100, got: JSONNumber(size))
        }
        guard size <= 4_096 else {
            throw .integerAbove("\(place).max_chunk_size_tokens", maximum: 4_096, got: JSONNumber(size))
        }
        guard overlap >= 0 else {
            throw .integerBelow("\(place).chunk_overlap_tokens", minimum: 0, got: JSONNumber(overlap))
        }
        guard overlap <= size / 2 else {
            throw .integerAbove("\(place).chunk_overlap_tokens", maximum: size / 2, got: JSONNumber(overlap))
        }
        var chunking = Chunking()
        (chunking.size, chunking.overlap) = (size, overlap)
        return chunking
    }
}

extension Chunking {
    /// Cuts a text into pieces at white space. A token counts as four bytes.
    package func pieces(of text: String) -> [String] {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard text.utf8.count > size * 4 else { return words.isEmpty ? [] : [text] }
        var pieces: [String] = []
        var start = 0
        while start < words.count {
            var (end, bytes) = (start, 0)
            while end < words.count, end == start || bytes + words[end].utf8.count < size * 4 {
                bytes += words[end].utf8.count + 1
                end += 1
            }
            pieces.append(words[start..<end].joined(separator: " "))
            guard end < words.count else { break }
            var back = 0
            var next = end
            while next > start + 1, back + words[next - 1].utf8.count < overlap * 4 {
                next -= 1
                back += words[next].utf8.count + 1
            }
            start = next
        }
        return pieces
    }
}
