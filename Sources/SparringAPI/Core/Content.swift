/// What the model says, before an endpoint puts it in its shape.
package enum Content: Sendable, Hashable {
    case text(String)
    /// Tool calls, with text before them where the script has some.
    case toolCalls([ToolCall], text: String?)
    case refusal(String)
}

package struct ToolCall: Sendable, Hashable {
    package var name: String
    /// JSON text, exactly as it goes into `arguments`.
    package var arguments: String
    /// A call of a custom tool: the arguments are text as it is.
    var isCustom = false

    package init(name: String, arguments: String) {
        self.name = name
        self.arguments = arguments
    }
}
