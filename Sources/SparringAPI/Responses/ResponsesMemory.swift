package import SparringJSON

/// What a request builds on: items that the API holds because an earlier request left them there.
///
/// Looked up before a request is checked, so that checking stays pure: an id that is asked for and not in here names nothing.
package struct ResponsesMemory: Sendable {
    /// The ids that a body asks for.
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

        /// Most requests bring everything along.
        package var isEmpty: Bool { previous == nil && conversation == nil && items.isEmpty }
    }

    /// The items that led to the previous response, and its output: the oldest first.
    package var previous: [JSONValue]?
    package var conversation: [JSONValue]?
    /// A response in the background is still being made in that conversation.
    package var isConversationLocked = false
    /// Of those that the input refers to, the ones that are stored.
    package var items: [String: JSONValue] = [:]

    package init() {}

    var history: [JSONValue] { previous ?? conversation ?? [] }
}
