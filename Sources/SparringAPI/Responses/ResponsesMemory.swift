package import SparringJSON

/// The stored items that a request refers to.
///
/// The memory is loaded before the request is checked, so that the checks can be pure. Checks treat an id that this memory does not contain
/// as unknown.
package struct ResponsesMemory: Sendable {
    /// The ids that a body refers to.
    package struct Wanted: Sendable, Hashable {
        package var previous: String?
        package var conversation: String?
        package var items: [String] = []

        package init(_ body: JSONValue?) {
            previous = body?["previous_response_id"]?.string
            conversation = body?["conversation"]?.string ?? body?["conversation"]?["id"]?.string
            for item in body?["input"]?.array ?? [] where item["type"] == "item_reference" {
                if let id = item["id"]?.string { items.append(id) }
            }
        }

        /// True for most requests, because they contain all their input.
        package var isEmpty: Bool { previous == nil && conversation == nil && items.isEmpty }
    }

    /// The items that led to the previous response, and the output of that response; the oldest item is first.
    package var previous: [JSONValue]?
    package var conversation: [JSONValue]?
    /// True if a background response is still running in the conversation.
    package var isConversationLocked = false
    /// The stored items among those that the input refers to.
    package var items: [String: JSONValue] = [:]

    package init() {}

    var history: [JSONValue] { previous ?? conversation ?? [] }
}
