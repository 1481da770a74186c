import SparringJSON

extension Exchange {
    /// The request in a form that a person recognizes: method, path, model, and the beginning of the user's last text.
    ///
    ///     POST /v1/chat/completions  gpt-5.2  "How is the weather in Rome?"
    package var recognizable: String {
        ([words, decision.model.map { Redaction.text($0) }] + [question.map { JSONValue.string($0).text() }])
            .compactMap(\.self).joined(separator: "  ")
    }

    /// The maximum number of characters that are shown of a question.
    private static let mostOfQuestion = 60

    /// The beginning of the user's last text, on one line; nil if the body has no such text.
    private var question: String? {
        guard let body = try? JSONValue.parse(request.body) else { return nil }
        let turns = (body["messages"] ?? body["input"])?.array ?? []
        let last = turns.last { $0["role"]?.string == "user" }
        let text =
            last.flatMap { Self.text($0["content"]) } ?? Self.text(body["input"]) ?? body["prompt"]?.string
            ?? turns.last?.string
        guard let text, !text.isEmpty else { return nil }
        let line = Redaction.text(text).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.count > Self.mostOfQuestion ? line.prefix(Self.mostOfQuestion) + "…" : line
    }

    private static func text(_ content: JSONValue?) -> String? {
        content?.string ?? content?.array?.lazy.compactMap { $0["text"]?.string }.first
    }
}
