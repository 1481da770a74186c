import SparringAPI

/// Guesses which valid name was meant by an invalid name.
package enum Nearest {
    /// The maximum number of guesses that are shown.
    private static let limit = 3

    /// Words of the API, of other tools and of everyday language, each with Sparring's name for it.
    private static let synonyms: [String: [String]] = [
        "abort": ["reset"], "args": ["arguments"], "close": ["fin"], "content": ["text"], "count": ["times"],
        "delay": ["stream"], "die": ["reset", "fin"], "disconnect": ["reset", "fin"], "function_call": ["tools"],
        "kill": ["reset", "fin"], "latency": ["stream"], "message": ["text"], "parameters": ["arguments"],
        "repeat": ["times"], "response": ["text"], "rst": ["reset"], "sleep": ["stall"], "slow": ["dribble", "delay"],
        "timeout": ["hang", "silence"], "tool_call": ["tools"], "tool_calls": ["tools"], "wait": ["stall"],
    ]

    /// The best guess; nil if there is no guess.
    package static func name(to text: String, among names: [String]) -> String? {
        Self.names(to: text, among: names).first
    }

    /// The guesses that are equally good, at most three of them.
    package static func names(to text: String, among names: [String]) -> [String] {
        guard !text.isEmpty else { return [] }
        let known = (synonyms[text] ?? []).filter(names.contains)
        guard known.isEmpty else { return known }
        for found in [misspelled(text, names), containing(text, names), abbreviated(text, names)]
        where !found.isEmpty { return Array(found.prefix(limit)) }
        return []
    }

    /// `did you mean 'reset' or 'fin'?`; nil without a guess.
    package static func question(about text: String, among names: [String]) -> String? {
        question(Self.names(to: text, among: names))
    }

    /// The question that offers these guesses.
    static func question(_ guesses: [String]) -> String? {
        guard !guesses.isEmpty else { return nil }
        return "did you mean \(WordList.joined(guesses.prefix(limit).map { "'\($0)'" }, "or"))?"
    }

    /// The names with the fewest edits. A word of up to three letters allows one edit, because two edits would match almost any short name.
    private static func misspelled(_ text: String, _ names: [String]) -> [String] {
        let allowed = text.count < 4 ? 1 : max(2, text.count / 3)
        let near = names.map { (distance: EditDistance.between($0, text), name: $0) }.filter { $0.distance <= allowed }
        guard let best = near.map(\.distance).min() else { return [] }
        return near.filter { $0.distance == best }.map(\.name).sorted()
    }

    /// The names that contain the text as whole words, such as `model_not_found` for `not_found`.
    private static func containing(_ text: String, _ names: [String]) -> [String] {
        guard text.count >= 3 else { return [] }
        return names.filter { $0.hasPrefix(text + "_") || $0.hasSuffix("_" + text) || $0.contains("_\(text)_") }
    }

    /// The names that the text abbreviates. The text begins with the first letter of such a name, and the text's other letters
    /// are in the name's order: `args` for `arguments`.
    private static func abbreviated(_ text: String, _ names: [String]) -> [String] {
        guard text.count >= 3 else { return [] }
        return names.filter { name in
            guard name.first == text.first, name.count <= 3 * text.count else { return false }
            var rest = Substring(text)
            for letter in name where letter == rest.first { rest.removeFirst() }
            return rest.isEmpty
        }
        .sorted { ($0.count, $0) < ($1.count, $1) }
    }
}
