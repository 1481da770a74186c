/// A path to one or more places in a JSON document: `$.user`, `$.messages[*].content`, `$.metadata['run id']`, `$.tools.*`.
package struct CassettePath: Sendable, Hashable, CustomStringConvertible {
    package enum Component: Sendable, Hashable {
        case member(String)
        case index(Int)
        /// Every member of an object, or every element of an array.
        case any
    }

    package var components: [Component]

    package init(_ components: [Component]) { self.components = components }

    /// Parses a path; nil if the text is not a path.
    package init?(_ text: some StringProtocol) {
        var rest = Substring(text)
        guard rest.popFirst() == "$" else { return nil }
        components = []
        while let mark = rest.popFirst() {
            let component: Component?
            switch mark {
            case ".":
                let name = rest.prefix { $0 != "." && $0 != "[" }
                rest = rest.dropFirst(name.count)
                component = name.isEmpty ? nil : name == "*" ? .any : .member(String(name))
            case "[":
                guard let close = rest.firstIndex(of: "]") else { return nil }
                component = Self.inBrackets(rest[..<close])
                rest = rest[close...].dropFirst()
            default: component = nil
            }
            guard let component else { return nil }
            components.append(component)
        }
    }

    private static func inBrackets(_ inner: Substring) -> Component? {
        if inner == "*" { return .any }
        if let index = Int(inner), index >= 0 { return .index(index) }
        guard inner.count >= 2, let quote = inner.first, quote == "'" || quote == "\"", inner.last == quote else {
            return nil
        }
        return .member(String(inner.dropFirst().dropLast()))
    }

    package var description: String {
        components.reduce(into: "$") { text, component in
            switch component {
            case .member(let name) where name.isEmpty || name.contains(where: { ".[]*' ".contains($0) }):
                text += "['\(name)']"
            case .member(let name): text += ".\(name)"
            case .index(let index): text += "[\(index)]"
            case .any: text += "[*]"
            }
        }
    }

    /// Whether the path matches the given place, or a place that contains it.
    package func covers(_ place: [Component]) -> Bool {
        components.count <= place.count
            && zip(components, place).allSatisfy { $0 == .any || $0 == $1 }
    }
}
