/// The content of a model's answer, before an endpoint puts it into the endpoint's format.
package enum Content: Sendable, Hashable {
    case text(String)
    /// Tool calls, with an optional text before them.
    case toolCalls([ToolCall], text: String?)
    case refusal(String)
}

package struct ToolCall: Sendable, Hashable {
    package var name: String
    /// JSON text, exactly as it is sent in `arguments`.
    package var arguments: String
    /// True for a call of a custom tool, whose input is plain text.
    var isCustom = false

    package init(name: String, arguments: String) {
        self.name = name
        self.arguments = arguments
    }
}
