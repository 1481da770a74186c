import SparringJSON

/// The place that an error is about, as error messages spell it: `tools[0].function.name`, `messages.[0].content`.
struct ParameterPath: Sendable, Hashable {
    enum Step: Sendable, Hashable {
        case member(String)
        case element(Int)
    }

    /// The first step is a member: a parameter of the request.
    let steps: [Step]
    let parameter: String

    /// Returns nil if the text does not name a parameter.
    init?(_ text: String) {
        steps = text.split(separator: ".").flatMap { part in
            let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
            let name: [Step] = pieces.first.map { $0.isEmpty ? [] : [.member(String($0))] } ?? []
            return name
                + pieces.dropFirst().map { piece in
                    let inner = piece.prefix { $0 != "]" }
                    return Int(inner).map(Step.element) ?? .member(String(inner))
                }
        }
        guard case .member(let name) = steps.first else { return nil }
        parameter = name
    }
}

extension APIError {
    /// The parameter, or the place in it, whose removal could resolve the error; nil if the error has another cause, such as
    /// authentication, limits or the server.
    var place: ParameterPath? {
        guard [400, 403, 404].contains(status), code.map({ !$0.contains("sparring") }) ?? true else { return nil }
        return (about ?? param).flatMap(ParameterPath.init)
    }
}

extension JSONValue {
    /// Removes the value at the place that the steps name. If the value does not exist, removes the innermost container that exists.
    /// - Returns: false if even the first step does not exist.
    mutating func remove(_ steps: ArraySlice<ParameterPath.Step>) -> Bool {
        guard let step = steps.first else { return false }
        let rest = steps.dropFirst()
        switch (self, step) {
        case (.object(var object), .member(let name)):
            guard var child = object[name] else { return false }
            object[name] = child.remove(rest) ? child : .none
            self = .object(object)
        case (.array(var array), .element(let index)) where array.indices.contains(index):
            if !array[index].remove(rest) { array.remove(at: index) }
            self = .array(array)
        default: return false
        }
        return true
    }
}
