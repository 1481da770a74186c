package import SparringJSON

/// Selects files by their attributes: comparisons, combined with `and` and `or`.
///
/// Source: https://platform.openai.com/docs/guides/retrieval#attribute-filtering
package indirect enum AttributeFilter: Sendable, Hashable {
    case comparison(key: String, Comparison, JSONValue)
    case all([AttributeFilter])
    case any([AttributeFilter])

    package enum Comparison: String, Sendable, Hashable, CaseIterable {
        case eq, ne, gt, gte, lt, lte, `in`, nin
    }

    /// - Parameter place: the path of the filter in the request.
    package static func check(_ value: JSONValue?, _ place: String) throws(APIError) -> AttributeFilter? {
        guard let value else { return nil }
        guard let object = value.object else { throw .invalidType(place, expected: "an object", got: value) }
        guard let type = object["type"]?.string else { throw .missing("\(place).type") }
        if type == "and" || type == "or" {
            guard let parts = object["filters"]?.array else { throw .missing("\(place).filters") }
            var filters: [AttributeFilter] = []
            for (index, part) in parts.enumerated() {
                if let filter = try check(part, "\(place).filters[\(index)]") { filters.append(filter) }
            }
            return type == "and" ? .all(filters) : .any(filters)
        }
        guard let comparison = Comparison(rawValue: type) else {
            throw .invalidValue(
                "\(place).type", type, supported: Comparison.allCases.map(\.rawValue) + ["and", "or"])
        }
        guard let key = object["key"]?.string else { throw .missing("\(place).key") }
        guard let wanted = object["value"] else { throw .missing("\(place).value") }
        return .comparison(key: key, comparison, wanted)
    }

    /// - Parameter attributes: an object. A missing attribute fulfils only `ne` and `nin`.
    package func accepts(_ attributes: JSONValue) -> Bool {
        switch self {
        case .all(let filters): filters.allSatisfy { $0.accepts(attributes) }
        case .any(let filters): filters.contains { $0.accepts(attributes) }
        case .comparison(let key, let comparison, let wanted):
            Self.compare(attributes[key], comparison, wanted)
        }
    }

    private static func compare(_ given: JSONValue?, _ comparison: Comparison, _ wanted: JSONValue) -> Bool {
        switch comparison {
        case .eq: given?.isEquivalent(to: wanted) ?? false
        case .ne: !(given?.isEquivalent(to: wanted) ?? false)
        case .in: given.map { given in (wanted.array ?? []).contains { $0.isEquivalent(to: given) } } ?? false
        case .nin: given.map { given in !(wanted.array ?? []).contains { $0.isEquivalent(to: given) } } ?? true
        case .gt: order(given, wanted).map { $0 > 0 } ?? false
        case .gte: order(given, wanted).map { $0 >= 0 } ?? false
        case .lt: order(given, wanted).map { $0 < 0 } ?? false
        case .lte: order(given, wanted).map { $0 <= 0 } ?? false
        }
    }

    /// A negative number, zero or a positive number for the order of two values; nil for values of different types.
    private static func order(_ a: JSONValue?, _ b: JSONValue) -> Int? {
        if let a = a?.double, let b = b.double { return a < b ? -1 : a > b ? 1 : 0 }
        if let a = a?.string, let b = b.string { return a < b ? -1 : a > b ? 1 : 0 }
        return nil
    }
}
