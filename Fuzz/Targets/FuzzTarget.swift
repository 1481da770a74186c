/// A parser that gets arbitrary bytes, and what must hold for every input.
package struct FuzzTarget: Sendable {
    /// The name in `make fuzz TARGET=…`, and of its folder in `Fuzz/Corpora`.
    package let name: String
    /// Returns what is wrong with the parser's result; nil if the result is correct. A crash or a hang is a finding too.
    package let run: @Sendable ([UInt8]) -> String?

    init(_ name: String, _ run: @escaping @Sendable ([UInt8]) -> String?) {
        self.name = name
        self.run = run
    }
}
