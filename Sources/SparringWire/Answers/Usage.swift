/// What an answer has used of a model: what is paid for.
package struct Usage: Sendable, Hashable {
    /// Tokens read, those of sound and of the cache among them.
    package var input = 0
    /// Of those: taken from the cache, which costs less.
    package var cached = 0
    package var audioInput = 0
    /// Tokens written, thought and spoken ones among them.
    package var output = 0
    package var reasoning = 0
    package var audioOutput = 0
    /// Of sound that was listened to, where a model is paid by the second.
    package var milliseconds = 0
    /// Of text that was read aloud, where a model is paid by the character.
    package var characters = 0

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
        return sum
    }
}
