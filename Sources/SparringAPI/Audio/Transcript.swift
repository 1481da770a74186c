/// What was said, with the times at which it might have been: words take as long as they are, sentences as long as their words.
/// Times are in hundredths of a second.
struct Transcript: Sendable, Hashable {
    struct Word: Sendable, Hashable {
        /// Without marks around it.
        var text: String
        var start: Int
        var end: Int
    }

    struct Segment: Sendable, Hashable {
        var text: String
        var start: Int
        var end: Int
        var speaker = "A"
    }

    let text: String
    let words: [Word]
    let segments: [Segment]

    /// - Parameters:
    ///   - script: what the model says; where it tells speakers apart, a line may begin with a name: `agent: Hello.`
    ///   - known: names for those that the script has none for, in the order in which they speak.
    init(_ script: String, milliseconds: Int, diarizes: Bool = false, known: [String] = []) {
        let turns = diarizes ? Turn.all(in: script, known: known) : [Turn(speaker: "A", text: script)]
        // Read as text, a dialogue is what its speakers say.
        text = diarizes ? turns.map(\.text).joined(separator: " ") : script
        let sentences = turns.flatMap { turn in Self.sentences(of: turn.text).map { (turn.speaker, $0) } }
        let total = milliseconds / 10
        /// A pause counts like a letter.
        let weight = max(1, sentences.reduce(0) { $0 + $1.1.reduce(0) { $0 + $1.count + 1 } })
        var spoken = 0
        var words: [Word] = []
        var segments: [Segment] = []
        for (speaker, sentence) in sentences {
            let start = total * spoken / weight
            for word in sentence {
                let begin = total * spoken / weight
                spoken += word.count + 1
                words.append(Word(text: Self.bare(word), start: begin, end: total * spoken / weight))
            }
            segments.append(
                Segment(
                    text: sentence.joined(separator: " "), start: start, end: total * spoken / weight,
                    speaker: speaker))
        }
        self.words = words
        self.segments = segments
    }

    /// Words, by the sentences that they are in.
    private static func sentences(of text: String) -> [[Substring]] {
        var sentences: [[Substring]] = []
        var open: [Substring] = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            open.append(word)
            guard let last = word.last(where: { !closing.contains($0) }), ending.contains(last) else { continue }
            sentences.append(open)
            open = []
        }
        return open.isEmpty ? sentences : sentences + [open]
    }

    private static let ending: Set<Character> = [".", "!", "?", "…", "。", "！", "？"]
    private static let closing: Set<Character> = ["\"", "'", ")", "”", "’", "»"]

    private static func bare(_ word: Substring) -> String {
        var word = word
        while let first = word.first, !first.isLetter, !first.isNumber, word.count > 1 { word = word.dropFirst() }
        while let last = word.last, !last.isLetter, !last.isNumber, word.count > 1 { word = word.dropLast() }
        return String(word)
    }
}

/// What one speaker says before another does.
private struct Turn {
    var speaker: String
    var text: String

    /// Lines: each with a name in front, or whoever spoke last goes on.
    static func all(in script: String, known: [String]) -> [Turn] {
        var turns: [Turn] = []
        let first = known.first ?? "A"
        for line in script.split(whereSeparator: \.isNewline) {
            if let colon = line.firstIndex(of: ":"), isName(line[..<colon]) {
                let text = line[line.index(after: colon)...].drop(while: \.isWhitespace)
                turns.append(Turn(speaker: String(line[..<colon]), text: String(text)))
            } else {
                turns.append(Turn(speaker: turns.last?.speaker ?? first, text: String(line)))
            }
        }
        return turns
    }

    /// One word of letters, digits, `_` and `-`: what a short label looks like, and a sentence does not.
    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty && text.count <= 32 && text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
    }
}
