package import SparringAPI

/// The names of operations in scenarios. An emulated operation has the name of its `Endpoint`, and the client's own
/// method is another name for it: `chat.completions` and `chat.completions.create`. Every other one is named like the
/// client's method: `images.generate`.
package enum OperationNames {
    /// The name by which rules know the operation; nil for an unknown name.
    ///
    /// - Parameter document: read only if no emulated operation has the name.
    package static func canonical(
        _ name: String, in document: @autoclosure () -> OpenAPIDocument = .builtIn
    ) -> String? {
        if let endpoint = Endpoint(rawValue: name) { return endpoint.rawValue }
        guard let operation = document().operation(named: name) else { return nil }
        return operation.endpoint?.rawValue ?? operation.name
    }

    /// Every operation by the name of its rules.
    package static func all(in document: OpenAPIDocument = .builtIn) -> [String] {
        Endpoint.allCases.map(\.rawValue) + document.operations.filter { $0.endpoint == nil }.map(\.name)
    }

    /// The three names that are most like a name that is not known.
    package static func nearest(to name: String) -> [String] {
        let scored = all().map { known in
            // `generate` was meant for `images.generate`, whatever stands before it.
            let isPart = known.hasSuffix("." + name) || known.hasPrefix(name + ".")
            return (distance: isPart ? 0 : EditDistance.between(known, name), name: known)
        }
        return scored.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(3).map(\.name)
    }

    /// Why a name is not one: the rest of a sentence, with the three nearest names.
    package static func question(about name: String) -> String {
        let names = nearest(to: name).map { "'\($0)'" }
        return "did you mean \(names.dropLast().joined(separator: ", ")) or \(names.last ?? "")?"
            + " `sparring openapi list` names all operations"
    }
}
