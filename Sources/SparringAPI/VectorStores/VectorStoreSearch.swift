package import SparringJSON

/// A checked search in a vector store, and its answer: pieces of files, ranked by the embeddings that Sparring makes.
///
/// Source: https://platform.openai.com/docs/api-reference/vector-stores/search
package struct VectorStoreSearch: Sendable {
    /// A piece of a file.
    package struct Piece: Sendable, Hashable {
        package var file: String
        package var filename: String
        package var attributes: JSONValue
        package var text: String

        package init(file: String, filename: String, attributes: JSONValue, text: String) {
            self.file = file
            self.filename = filename
            self.attributes = attributes
            self.text = text
        }
    }

    package struct Result: Sendable, Hashable {
        package var piece: Piece
        /// The score, from 0 to 1; it is 1 for a piece with exactly the words of the query.
        package var score: Double
    }

    package var queries: [String]
    /// Selects files by their attributes.
    package var filter: AttributeFilter?
    package var limit: Int
    package var threshold: Double

    package init(queries: [String], filter: AttributeFilter? = nil, limit: Int = 10, threshold: Double = 0) {
        self.queries = queries
        self.filter = filter
        self.limit = limit
        self.threshold = threshold
    }

    package init(_ body: JSONValue?) throws(APIError) {
        let object = try VectorStoreFields.object(
            body, names: ["query", "filters", "max_num_results", "ranking_options", "rewrite_query"])
        guard let query = object["query"]?.unlessNull else { throw .missing("query") }
        guard let queries = query.string.map({ [$0] }) ?? query.array?.compactMap(\.string),
            queries.count == query.array?.count ?? 1
        else { throw .invalidType("query", expected: "one of a string or array of strings", got: query) }
        guard !queries.isEmpty else { throw .emptyArray("query") }
        self.queries = queries
        filter = try AttributeFilter.check(object["filters"]?.unlessNull, "filters")
        limit = 10
        if let value = object["max_num_results"]?.unlessNull {
            guard let count = value.int else {
                throw .invalidType("max_num_results", expected: "an integer", got: value)
            }
            guard count >= 1 else { throw .integerBelow("max_num_results", minimum: 1, got: JSONNumber(count)) }
            guard count <= 50 else { throw .integerAbove("max_num_results", maximum: 50, got: JSONNumber(count)) }
            limit = count
        }
        threshold = object["ranking_options"]?["score_threshold"]?.double ?? 0
    }

    /// The best pieces in descending order. Pieces with equal scores keep their order.
    package func ranked(_ pieces: [Piece]) -> [Result] {
        let wanted = queries.map { EmbeddingsVector(.text($0), dimensions: Self.dimensions).values }
        let results = pieces.map { piece in
            let vector = EmbeddingsVector(.text(piece.text), dimensions: Self.dimensions).values
            let best = wanted.map { zip($0, vector).reduce(Float(0)) { $0 + $1.0 * $1.1 } }.max() ?? 0
            return Result(piece: piece, score: min(1, max(0, (Double(best) * 10_000).rounded() / 10_000)))
        }
        let ranked = results.enumerated().filter { $0.element.score >= threshold }
            .sorted { ($1.element.score, $0.offset) < ($0.element.score, $1.offset) }
        return ranked.prefix(limit).map(\.element)
    }

    /// This many dimensions make texts without common words nearly orthogonal.
    private static let dimensions = 256

    package func json(_ results: [Result]) -> JSONValue {
        [
            "object": "vector_store.search_results.page", "search_query": .strings(queries),
            "data": .array(results.map(\.json)), "has_more": false, "next_page": .null,
        ]
    }
}

extension VectorStoreSearch.Result {
    fileprivate var json: JSONValue {
        [
            "file_id": .string(piece.file), "filename": .string(piece.filename),
            "score": .number(JSONNumber(score)), "attributes": piece.attributes,
            "content": [["type": "text", "text": .string(piece.text)]],
        ]
    }
}
