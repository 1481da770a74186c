/// The form in which a task asks for printed answers. With a known form, a wrong answer is recognized as an answer: a program that prints a
/// wrong answer does show answers.
enum AnswerForm: Equatable {
    /// `text 1: clean` or `line 1: pong`: the words before the colon.
    case labels([String])
    /// `1/4 2/4`: for each vector, its first number and the number of its dimensions.
    case vectors

    /// Nil if the answer is free text.
    init?(of answer: String) {
        let lines = answer.split(separator: "\n")
        let labels = lines.compactMap(Self.label)
        if !labels.isEmpty, labels.count == lines.count {
            self = .labels(labels)
        } else if !answer.isEmpty, answer.split(separator: " ").allSatisfy(Self.isVector) {
            self = .vectors
        } else {
            return nil
        }
    }

    /// Whether a line of the output has the form of the task's answers.
    func isIn(_ output: String) -> Bool {
        output.split(whereSeparator: \.isNewline).contains { line in
            switch self {
            case .labels(let labels): labels.contains { $0 == Self.label(line) }
            case .vectors: line.split(separator: " ").allSatisfy(Self.isVector)
            }
        }
    }

    private static func label(_ line: Substring) -> String? {
        guard let colon = line.firstIndex(of: ":") else { return nil }
        let words = line[..<colon].split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2, words[0] == "text" || words[0] == "line", Int(words[1]) != nil else { return nil }
        return String(line[..<colon])
    }

    private static func isVector(_ word: Substring) -> Bool {
        let parts = word.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2 && Double(parts[0]) != nil && Int(parts[1]) != nil
    }
}
