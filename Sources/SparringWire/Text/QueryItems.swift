/// The query of a request target, by name.
package struct QueryItems: Sendable {
    package private(set) var items: [(name: String, value: String)]

    package init(target: String) {
        let query = target.utf8.firstIndex(of: UInt8(ascii: "?")).map { target[target.index(after: $0)...] } ?? ""
        items = query.split(separator: "&").map { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (
                PercentEncoding.decode(parts[0], isForm: true),
                parts.count > 1 ? PercentEncoding.decode(parts[1], isForm: true) : ""
            )
        }
    }

    /// An empty query.
    package init() { items = [] }

    package subscript(name: String) -> String? { items.first { $0.name == name }?.value }

    /// The members of a map in a query: `metadata[run]=7` is `run` with `7`.
    package func members(of name: String) -> [(name: String, value: String)] {
        items.compactMap { item in
            guard item.name.hasPrefix(name + "["), item.name.hasSuffix("]") else { return nil }
            return (String(item.name.dropFirst(name.count + 1).dropLast()), item.value)
        }
    }

    /// The elements of an array: `include[]=a&include[]=b`, or the form `include=a`, which some clients write.
    package func elements(of name: String) -> [String] {
        items.filter { $0.name == name || $0.name == name + "[]" }.map(\.value)
    }

    /// Removes all items of that name, including map members and array elements.
    /// - Returns: whether any item was removed.
    package mutating func remove(_ name: String) -> Bool {
        let count = items.count
        items.removeAll { $0.name == name || $0.name.hasPrefix(name + "[") }
        return items.count < count
    }
}
