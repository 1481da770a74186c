/// Invents the transcript of an audio file from its bytes: the same file always gives the same words, and a longer file
/// gives more words.
enum HeardText {
    private static let words = [
        "the", "river", "bends", "around", "seven", "old", "mills", "and", "nobody", "counts", "their", "wheels", "a",
        "small", "boat", "waits", "under", "every", "bridge", "until", "evening", "brings", "rain", "from", "both",
        "hills", "while", "lanterns", "move", "slowly", "along", "one", "narrow", "street",
    ]
    /// People speak two to three words a second.
    private static let wordsPerMinute = 150
    private static let most = 4_000

    /// One word, chosen by the hash of a piece of audio.
    static func word(_ hash: UInt64) -> String { words[Int(hash % UInt64(words.count))] }

    /// - Parameter speakers: names that start the lines of a dialogue; empty for one speaker.
    static func text(of sound: Sound, speakers: [String] = []) -> String {
        var mint = IDMint(seed: sound.hash)
        var left = min(most, max(3, sound.milliseconds * wordsPerMinute / 60_000))
        var sentences: [String] = []
        while left > 0 {
            // Avoids a last sentence of one or two words.
            let count = left < 10 ? left : 4 + Int(mint.next() % 4)
            let picked = (0..<count).map { _ in words[Int(mint.next() % UInt64(words.count))] }
            let sentence = picked.joined(separator: " ")
            sentences.append(sentence.prefix(1).uppercased() + sentence.dropFirst() + ".")
            left -= count
        }
        guard !speakers.isEmpty else { return sentences.joined(separator: " ") }
        return sentences.enumerated().map { "\(speakers[$0 % speakers.count]): \($1)" }.joined(separator: "\n")
    }
}
