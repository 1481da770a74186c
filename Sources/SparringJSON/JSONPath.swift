/// A place in a document: `$.messages[0].content`. This is the subset of JSON paths that scenarios need: members and indices.
package struct JSONPath: Sendable, Hashable, CustomStringConvertible {
    package enum Component: Sendable, Hashable {
        case member(String)
        /// Negative indices count from the end: `[-1]` is the last element.
        case index(Int)
    }

    package var components: [Component]

    /// Returns nil if the text is not a path.
    package init?(_ text: String) {
        var rest = Substring(text)
        guard rest.popFirst() == "$" else { return nil }
        components = []
        while let mark = rest.popFirst() {
            switch mark {
            case ".":
                let name = rest.prefix { $0 != "." && $0 != "[" }
                guard !name.isEmpty else { return nil }
                components.append(.member(String(name)))
                rest = rest.dropFirst(name.count)
            case "[":
                guard let close = rest.firstIndex(of: "]") else { return nil }
                let inner = rest[..<close]
                if let index = Int(inner) {
                    components.append(.index(index))
                } else if inner.count >= 2, let quote = inner.first, quote == "'" || quote == "\"", inner.last == quote
                {
                    components.append(.member(String(inner.dropFirst().dropLast())))
                } else {
                    return nil
                }
                rest = rest[close...].dropFirst()
            default: return nil
            }
        }
    }

    package var description: String {
        components.reduce(into: "$") { text, component in
            switch component {
            case .member(let name): text += ".\(name)"
            case .index(let index): text += "[\(index)]"
            }
        }
    }

    package func value(in document: JSONValue) -> JSONValue? {
        var current = document
        for component in components {
            let next: JSONValue? =
                switch component {
                case .member(let name): current[name]
                case .index(let index): current[index < 0 ? (current.array?.count ?? 0) + index : index]
                }
            guard let next else { return nil }
            current = next
        }
        return current
    }
}
