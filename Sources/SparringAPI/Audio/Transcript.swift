/// Spoken text with plausible times: the time of a word is proportional to its length. Times are in hundredths of a
/// second.
struct Transcript: Sendable, Hashable {
    struct Word: Sendable, Hashable {
        /// Without surrounding punctuation.
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
    ///   - script: the spoken text; if speakers are distinguished, a line may start with a name: `agent: Hello.`
    ///   - known: names for speakers that the script does not name; the first one is used.
    init(_ script: String, milliseconds: Int, diarizes: Bool = false, known: [String] = []) {
        let turns = diarizes ? Turn.all(in: script, known: known) : [Turn(speaker: "A", text: script)]
        // The text of a dialogue omits the names.
        text = diarizes ? turns.map(\.text).joined(separator: " ") : script
        let sentences = turns.flatMap { turn in Self.sentences(of: turn.text).map { (turn.speaker, $0) } }
        let total = milliseconds / 10
        /// The pause after a word counts like one letter.
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

    /// The words of each sentence.
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

/// Consecutive lines of one speaker.
private struct Turn {
    var speaker: String
    var text: String

    /// Splits the script into lines. A line without a name belongs to the previous speaker.
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

    /// True for one word of letters, digits, `_` and `-`: the labels of speakers look like this, sentences do not.
    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty && text.count <= 32 && text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
    }
}
