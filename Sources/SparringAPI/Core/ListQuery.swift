package import SparringJSON
package import SparringWire

/// The requested page of a list: `?limit=&after=&before=&order=`.
///
/// Source: https://platform.openai.com/docs/api-reference (every list operation), bounds from the official OpenAPI
/// document.
package struct ListQuery: Sendable, Hashable {
    package enum Order: String, Sendable, CaseIterable {
        case ascending = "asc"
        case descending = "desc"
    }

    package var limit: Int
    /// The page begins after this id (`after`), or ends before it (`before`).
    package var after: String?
    package var before: String?
    package var order: Order

    package init(limit: Int, after: String? = nil, order: Order) {
        self.limit = limit
        self.after = after
        self.order = order
    }

    /// - Parameters:
    ///   - limits: the bounds of `limit`, and its default.
    ///   - order: the default order.
    /// - Throws: the API's 400, which names the parameter.
    package init(
        _ query: QueryItems, limits: ClosedRange<Int> = 1...100, standard: Int = 20, order: Order
    ) throws(APIError) {
        limit = try query["limit"].map { text throws(APIError) in try Self.limit(text, limits) } ?? standard
        after = query["after"]
        before = query["before"]
        self.order = order
        guard let wanted = query["order"] else { return }
        guard let known = Order(rawValue: wanted) else {
            throw .invalidValue("order", wanted, supported: Order.allCases.map(\.rawValue))
        }
        self.order = known
    }

    private static func limit(_ text: String, _ limits: ClosedRange<Int>) throws(APIError) -> Int {
        guard let limit = Int(text) else {
            throw APIError(
                message: "Invalid type for 'limit': expected an integer, but got a string value that could not be "
                    + "converted into an integer.", param: "limit", code: "invalid_type")
        }
        if limit < limits.lowerBound {
            throw .integerBelow("limit", minimum: limits.lowerBound, got: JSONNumber(limit))
        }
        if limit > limits.upperBound {
            throw .integerAbove("limit", maximum: limits.upperBound, got: JSONNumber(limit))
        }
        return limit
    }
}

extension ListPage: Sendable where Element: Sendable {}

/// A page of a list, in the requested order.
package struct ListPage<Element> {
    package var elements: [(id: String, value: Element)]
    package var hasMore: Bool

    package init(elements: [(id: String, value: Element)], hasMore: Bool) {
        self.elements = elements
        self.hasMore = hasMore
    }

    /// Writes the list object; an empty list has null as its first and last id.
    package func write(to writer: inout JSONWriter, _ element: (Element, inout JSONWriter) -> Void) {
        writer.object { writer in
            writer.member("object", "list")
            writer.member("data") { writer in
                writer.array { writer in
                    for item in elements { writer.element { element(item.value, &$0) } }
                }
            }
            writer.member("first_id", orNull: elements.first?.id)
            writer.member("last_id", orNull: elements.last?.id)
            writer.member("has_more", hasMore)
        }
    }
}
