import SparringAPI
package import SparringScenario
import SparringWire

extension ScenarioLoader.Errors {
    /// The names of the errors that a script may use: those of the API's catalogue.
    package static let api = ScenarioLoader.Errors(
        names: ErrorCatalogue.names, statuses: ErrorCatalogue.statuses
    ) { ErrorCatalogue.inBand(named: $0) }
}

extension APIError {
    /// The error for a request that orders an unknown fault. Clients do not retry this error, and its text cannot be mistaken for the
    /// API's.
    static func unknownFault(_ fault: String, _ mistakes: Mistakes) -> APIError {
        let reasons = mistakes.diagnostics.map(\.message).joined(separator: "; ")
        return APIError(
            message: "Sparring: the fault '\(fault)' is not valid: \(reasons).", code: "sparring_fault",
            headers: ["x-should-retry": "false"])
    }
}
