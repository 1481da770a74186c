import SparringJSON

extension Scenario {
    /// The models that rules match by their complete names.
    package var namedModels: Set<String> {
        Set(rules.flatMap { $0.condition?.namedModels ?? [] })
    }
}

extension Condition {
    fileprivate var namedModels: [String] {
        switch self {
        case .all(let conditions), .any(let conditions): conditions.flatMap(\.namedModels)
        case .field(.model, .equals(let name)): name.string.map { [$0] } ?? []
        case .field(.model, .oneOf(let names)): names.compactMap(\.string)
        case .not, .field, .attempt, .nth, .chance: []
        }
    }
}
