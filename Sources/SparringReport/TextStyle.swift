/// Colors and other styles of text on a terminal. If the output is not a terminal, the text is plain.
package struct TextStyle: Sendable, Hashable {
    /// Whether escape sequences are written.
    package let isColored: Bool

    package init(isColored: Bool) { self.isColored = isColored }

    package static let plain = TextStyle(isColored: false)

    package enum Color: Int, Sendable {
        case red = 31
        case green = 32
        case yellow = 33
        case magenta = 35
        case dim = 2
        case bold = 1
    }

    package func callAsFunction(_ text: String, _ color: Color) -> String {
        isColored && !text.isEmpty ? "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m" : text
    }
}
