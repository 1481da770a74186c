/// `[[sparring: reset at event 2]]`, wherever it stands in the last thing that the user says: for programs whose prompt is all that one
/// can change. Off, unless the scenario or `--prompt-faults` asks for it: a prompt is somebody else's text.
enum PromptPhrase {
    private static let opening = "[[sparring:"
    private static let closing = "]]"

    /// What the first phrase orders; nil where there is none.
    static func order(in text: String?) -> String? {
        guard let text, let start = text.ranges(of: opening).first?.upperBound,
            let end = text[start...].ranges(of: closing).first?.lowerBound
        else { return nil }
        let words = text[start..<end].drop { $0 == " " }
        return String(words.reversed().drop { $0 == " " }.reversed())
    }
}
