import SparringWire

extension ErrorCatalogue {
    /// A row of the table of errors. The row has the values of the error without any parameters.
    package struct Row: Sendable, Hashable {
        package var name: String
        package var status: Int
        /// The error's type; nil for an answer of a proxy, whose body is a page instead of an error object.
        package var type: String?
        package var code: String?
        package var param: String?
        /// The message, or the page's content type.
        package var message: String
    }

    /// A row for each error name, in the order of the catalogue. The messages are those for a chat completion on gpt-4o-mini.
    package static var rows: [Row] {
        let parameters = Parameters(endpoint: .chatCompletions, model: "gpt-4o-mini")
        let errors = entries.map { entry in
            let error = entry.make(parameters, AnswerInput(created: 0))
            return Row(
                name: entry.name, status: error.status, type: error.type, code: error.code, param: error.param,
                message: error.message)
        }
        let pages = pages.map { Row(name: $0.name, status: $0.status, message: "a body of type \($0.contentType)") }
        return errors + pages
    }
}
