extension ErrorCatalogue {
    /// The HTTP status of each error, by its name.
    package static let statuses: [String: Int] = {
        let parameters = Parameters(endpoint: .chatCompletions, model: "gpt-4o-mini")
        let ofEntries = entries.map { ($0.name, $0.make(parameters, AnswerInput(created: 0)).status) }
        return Dictionary(ofEntries + pages.map { ($0.name, $0.status) }) { first, _ in first }
    }()
}
