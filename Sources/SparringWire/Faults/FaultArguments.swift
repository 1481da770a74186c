/// The arguments of a fault, by parameter name. The grammar has checked names and types.
package struct FaultArguments: Sendable, Hashable {
    /// The values, in the order of the parameters.
    package let values: [FaultValue]
    private let names: [FaultParameter.Name]

    /// - Parameter values: the values in the order of the parameters; the last values may be omitted.
    package init(_ kind: FaultKind, _ values: [FaultValue]) {
        self.values = values
        names = kind.parameters.map(\.name)
    }

    /// Nil if omitted.
    package subscript(name: FaultParameter.Name) -> FaultValue? {
        names.firstIndex(of: name).flatMap { values.indices.contains($0) ? values[$0] : nil }
    }

    package func integer(_ name: FaultParameter.Name) -> Int {
        switch self[name] {
        case .integer(let number)?, .size(let number)?, .rate(let number)?: number
        case .duration?, .text?, .error?, nil: 0
        }
    }

    package func duration(_ name: FaultParameter.Name) -> Duration? {
        if case .duration(let duration)? = self[name] { duration } else { nil }
    }

    package func text(_ name: FaultParameter.Name) -> String {
        if case .text(let text)? = self[name] { text } else { "" }
    }

    package func error(_ name: FaultParameter.Name) -> Fault.InBandError? {
        if case .error(let error)? = self[name] { error } else { nil }
    }
}
