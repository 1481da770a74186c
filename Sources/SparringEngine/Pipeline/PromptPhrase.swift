/// Orders faults by a phrase such as `[[sparring: reset at event 2]]` in the last user message, for programs in which
/// only the prompt can be changed. This is off by default, because prompts may contain text of third parties. The scenario or
/// `--prompt-faults` turns it on.
enum PromptPhrase {
    private static let opening = "[[sparring:"
    private static let closing = "]]"

    /// The faults that the first phrase orders; nil if there is no phrase.
    static func order(in text: String?) -> String? {
        guard let text, let start = text.ranges(of: opening).first?.upperBound,
            let end = text[start...].ranges(of: closing).first?.lowerBound
        else { return nil }
        let words = text[start..<end].drop { $0 == " " }
        return String(words.reversed().drop { $0 == " " }.reversed())
    }
}
