package import SparringWire

/// The API's errors by name, for scenarios and for rate limits.
///
/// Source: https://platform.openai.com/docs/guides/error-codes and bodies quoted in public issue trackers
/// (docs/measurements/fidelity.md).
package enum ErrorCatalogue {
    /// The values that an error's message contains, and those that a scenario changes.
    package struct Parameters: Sendable {
        package var endpoint: Endpoint
        /// The requested model name.
        package var model: String
        package var promptTokens: Int
        package var contextWindow: Int?
        package var limit: Int?
        package var used: Int?
        package var requested: Int?
        /// True if the message says that the limit belongs to the project.
        package var namesProject = false
        /// The wait in the message: "Please try again in …".
        package var wait: Duration?
        package var status: Int?
        package var type: String?
        package var code: String?
        package var param: String?
        package var message: String?

        package init(endpoint: Endpoint, model: String, promptTokens: Int = 0, contextWindow: Int? = nil) {
            self.endpoint = endpoint
            self.model = model
            self.promptTokens = promptTokens
            self.contextWindow = contextWindow
        }
    }

    package static var names: [String] { entries.map(\.name) + pages.map(\.name) }

    /// - Parameter name: one of `names`, or nil. Explicit parameters replace the values in the catalogue.
    package static func answer(named name: String?, parameters: Parameters, context: AnswerInput, ids: inout IDMint)
        -> Answer
    {
        if let page = pages.first(where: { $0.name == name }) { return page.answer(parameters) }
        var error = error(named: name, parameters, context)
        error.status = parameters.status ?? error.status
        error.type = parameters.type ?? error.type
        error.code = parameters.code ?? error.code
        error.param = parameters.param ?? error.param
        error.message = parameters.message ?? error.message
        return error.answer(context: context, ids: &ids)
    }

    /// The error object of an in-band event; nil for names that are unknown or have no object.
    package static func inBand(named name: String) -> Fault.InBandError? {
        guard let entry = entries.first(where: { $0.name == name }) else { return nil }
        let parameters = Parameters(endpoint: .chatCompletions, model: "gpt-4o-mini")
        let context = AnswerInput(created: 0)
        let error = entry.make(parameters, context)
        return Fault.InBandError(type: error.type, code: error.code, message: error.message, param: error.param)
    }

    private static func error(named name: String?, _ parameters: Parameters, _ context: AnswerInput) -> APIError {
        if let entry = entries.first(where: { $0.name == name }) { return entry.make(parameters, context) }
        let status = parameters.status ?? 400
        return APIError(
            status: status, type: status >= 500 ? "server_error" : "invalid_request_error",
            message: "The request could not be served.")
    }

    struct Entry: Sendable {
        let name: String
        let make: @Sendable (Parameters, AnswerInput) -> APIError

        init(_ name: String, _ make: @escaping @Sendable (Parameters, AnswerInput) -> APIError) {
            self.name = name
            self.make = make
        }

        /// An error without variable parts.
        init(
            _ name: String, status: Int, type: String, code: String?, message: String, param: String? = nil
        ) {
            self.init(name) { _, _ in APIError(status: status, type: type, message: message, param: param, code: code) }
        }
    }
}
