/// An entry of a scripted embeddings answer: a vector, and the index of the input that the entry claims to belong to.
package struct ScriptedVector: Sendable, Hashable {
    package var index: Int
    package var values: [Float]

    package init(index: Int, values: [Float]) {
        self.index = index
        self.values = values
    }
}
