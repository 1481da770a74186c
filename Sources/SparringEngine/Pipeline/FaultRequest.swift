import SparringAPI
package import SparringScenario
import SparringWire

extension ScenarioLoader.Errors {
    /// The names of errors that a script may order: those of the API's catalogue.
    package static let api = ScenarioLoader.Errors(
        names: ErrorCatalogue.names, statuses: ErrorCatalogue.statuses
    ) { ErrorCatalogue.inBand(named: $0) }
}

extension APIError {
    /// A request that orders a fault which there is not. No client retries it, and nobody takes it for the API's.
    static func unknownFault(_ fault: String, _ mistakes: Mistakes) -> APIError {
        let reasons = mistakes.diagnostics.map(\.message).joined(separator: "; ")
        return APIError(
            message: "Sparring: the fault '\(fault)' cannot be served: \(reasons).", code: "sparring_fault",
            headers: ["x-should-retry": "false"])
    }
}
