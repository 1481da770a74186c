import SparringAPI
import SparringExchange
import SparringWire

extension Validation {
    /// The validation mode for this request. The header `X-Sparring-Validation` overrides the scenario.
    static func wanted(by request: Request, in world: ScenarioContext) throws(APIError) -> Validation {
        guard let name = request.call.validation else { return world.validation }
        guard let validation = Validation(rawValue: name) else {
            let names = allCases.map(\.rawValue).joined(separator: ", ")
            throw APIError(
                message: "Sparring: 'X-Sparring-Validation: \(name)' is unknown; use one of \(names).",
                code: "sparring_unsupported",
                headers: ["x-should-retry": "false"])
        }
        return validation
    }
}
