/// The billed usage of an answer.
package struct Usage: Sendable, Hashable {
    /// Input tokens, including audio and cached tokens.
    package var input = 0
    /// The cached input tokens, which cost less.
    package var cached = 0
    package var audioInput = 0
    /// Output tokens, including reasoning and audio tokens.
    package var output = 0
    package var reasoning = 0
    package var audioOutput = 0
    /// Length of transcribed audio, for models priced per second.
    package var milliseconds = 0
    /// Length of text read aloud, for models priced per character.
    package var characters = 0
    /// The number of images made.
    package var images = 0

    package init(input: Int = 0, output: Int = 0) {
        self.input = input
        self.output = output
    }

    package static func + (a: Usage, b: Usage) -> Usage {
        var sum = a
        sum.input += b.input
        sum.cached += b.cached
        sum.audioInput += b.audioInput
        sum.output += b.output
        sum.reasoning += b.reasoning
        sum.audioOutput += b.audioOutput
        sum.milliseconds += b.milliseconds
        sum.characters += b.characters
        sum.images += b.images
        return sum
    }
}
