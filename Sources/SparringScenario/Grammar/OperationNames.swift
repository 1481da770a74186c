package import SparringAPI

/// The names of the API's operations in scenarios. An emulated operation has the name of its `Endpoint` and, as an alias, the
/// name of the client's method: `chat.completions` and `chat.completions.create`. Every other operation has only the
/// name of the client's method: `images.generate`.
package enum OperationNames {
    /// The operation's name in rules; nil for an unknown name.
    ///
    /// - Parameter document: read only if no emulated operation has the name.
    package static func canonical(
        _ name: String, in document: @autoclosure () -> OpenAPIDocument = .builtIn
    ) -> String? {
        if let endpoint = Endpoint(rawValue: name) { return endpoint.rawValue }
        guard let operation = document().operation(named: name) else { return nil }
        return operation.endpoint?.rawValue ?? operation.name
    }

    /// The names of all operations, in the form that rules use.
    package static func all(in document: OpenAPIDocument = .builtIn) -> [String] {
        Endpoint.allCases.map(\.rawValue) + document.operations.filter { $0.endpoint == nil }.map(\.name)
    }

    /// The three known names that are most similar to an unknown name.
    package static func nearest(to name: String) -> [String] {
        let scored = all().map { known in
            // `generate` means `images.generate`, whatever comes before the dot.
            let isPart = known.hasSuffix("." + name) || known.hasPrefix(name + ".")
            return (distance: isPart ? 0 : EditDistance.between(known, name), name: known)
        }
        return scored.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(3).map(\.name)
    }

    /// The end of the sentence about an unknown name, with the three nearest names.
    package static func question(about name: String) -> String {
        let names = nearest(to: name).map { "'\($0)'" }
        return "did you mean \(names.dropLast().joined(separator: ", ")) or \(names.last ?? "")?"
            + " `sparring openapi list` names all operations"
    }
}
