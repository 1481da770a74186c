/// A parser that gets arbitrary bytes, and a property that must be true for every input.
package struct FuzzTarget: Sendable {
    /// The name in `make fuzz TARGET=…`, and the name of the target's folder in `Fuzz/Corpora`.
    package let name: String
    /// Returns a description of the error in the parser's result; nil if the result is correct. A crash or a hang is a finding too.
    package let run: @Sendable ([UInt8]) -> String?

    init(_ name: String, _ run: @escaping @Sendable ([UInt8]) -> String?) {
        self.name = name
        self.run = run
    }
}
