/// The values that scenarios match on, extracted once from a request.
package struct CallDigest: Sendable, Hashable {
    /// The text of the last user message; text parts are joined by a line feed.
    package var lastUser: String?
    /// System and developer messages (or `instructions`), joined by a line feed.
    package var system: String?
    package var tools: [String]
    /// The tool results after the last assistant message.
    package var toolResults: [String]
    /// The number of the turn: 1 + the number of assistant messages.
    package var turn: Int
    package var isStream: Bool

    package init(
        lastUser: String? = nil, system: String? = nil, tools: [String] = [], toolResults: [String] = [], turn: Int = 1,
        isStream: Bool = false
    ) {
        self.lastUser = lastUser
        self.system = system
        self.tools = tools
        self.toolResults = toolResults
        self.turn = turn
        self.isStream = isStream
    }
}
