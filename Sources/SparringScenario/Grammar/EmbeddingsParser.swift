import SparringAPI
import SparringJSON

/// Reads `embeddings`: the entries of an answer, each a vector or a vector with the index of its input.
///
///     embeddings: [[1, 0.5], { index: 1, vector: [2, 0.5] }]
///
/// A vector without an index has its position as its index. Vectors are sent as numbers or in base64, as the request
/// asks.
struct EmbeddingsParser {
    let reader: YAMLReader

    static let keys = ["index", "vector"]

    func vectors(_ node: YAMLNode) -> [ScriptedVector]? {
        guard let nodes = reader.sequence(node, "embeddings") else { return nil }
        return nodes.enumerated().compactMap { place, node in
            if node.isSequence { return values(node).map { ScriptedVector(index: place, values: $0) } }
            guard let mapping = reader.mapping(node, "an embedding", keys: Self.keys) else { return nil }
            guard let vector = mapping["vector"] else {
                reader.note(node, "an embedding needs its `vector`, a list of numbers")
                return nil
            }
            let index = mapping["index"].flatMap { reader.integer($0, "index", atLeast: 0) } ?? place
            return values(vector).map { ScriptedVector(index: index, values: $0) }
        }
    }

    private func values(_ node: YAMLNode) -> [Float]? {
        guard let numbers = reader.sequence(node, "a vector") else { return nil }
        return numbers.compactMap { number in
            guard let value = number.json.double else {
                reader.note(number, "a vector is a list of numbers; this is \(number.inWords)")
                return nil
            }
            return Float(value)
        }
    }
}
