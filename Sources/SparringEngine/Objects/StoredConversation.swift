import SparringAPI
import SparringExchange
import SparringJSON

/// A conversation of a session: items that outlive the responses that created them.
package struct StoredConversation: Sendable {
    let id: String
    /// Unix seconds.
    let created: Int
    var metadata: JSONValue
    private(set) var items = ObjectList<JSONValue>()
    /// A background response that has not ended; its items are added when it ends.
    private(set) var running: StoredResponse?

    init(id: String, created: Int, metadata: JSONValue) {
        self.id = id
        self.created = created
        self.metadata = metadata
    }

    mutating func append(_ new: [(id: String, value: JSONValue)]) { for item in new { items[item.id] = item.value } }

    mutating func remove(_ item: String) { items[item] = nil }

    mutating func begin(_ response: StoredResponse) { running = response }

    /// Discards a cancelled response; its items are not added.
    mutating func cancel(_ response: String) { if running?.record.id == response { running = nil } }

    mutating func settle(at moment: Moment) {
        guard let response = running, !response.status(at: moment).isRunning else { return }
        append(response.record.items)
        running = nil
    }
}
