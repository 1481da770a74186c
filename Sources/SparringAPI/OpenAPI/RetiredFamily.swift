/// Families of operations that the API has shut down. Clients still have methods for these operations, and old tests call them.
package enum RetiredFamily {
    /// The last day of each family, by the family's name in the document.
    ///
    /// Source: the deprecations page of the API, as quoted by the notes of the official Python package 3.57.0.
    private static let days = ["assistants": "2026-08-26", "threads": "2026-08-26", "videos": "2026-09-24"]

    /// The day on which the API shut the operation down; nil if the API still serves the operation.
    package static func day(of operation: APIOperation) -> String? { days[operation.family] }

    /// The API's answer: the operation's URL is unknown.
    package static func error(_ method: String, _ path: Substring) -> APIError { Router.unknown(method, path) }

    /// The hint that the log shows with this answer.
    package static func hint(_ operation: APIOperation, day: String) -> String {
        "the API has shut down \(operation.name) (\(day)); --retired serve answers it"
    }
}
