import SparringWire

/// The query of a request target, by name.
struct QueryItems {
    private(set) var items: [(name: String, value: String)]

    init(target: String) {
        let query = target.utf8.firstIndex(of: UInt8(ascii: "?")).map { target[target.index(after: $0)...] } ?? ""
        items = query.split(separator: "&").map { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (
                PercentEncoding.decode(parts[0], isForm: true),
                parts.count > 1 ? PercentEncoding.decode(parts[1], isForm: true) : ""
            )
        }
    }

    subscript(name: String) -> String? { items.first { $0.name == name }?.value }
}
