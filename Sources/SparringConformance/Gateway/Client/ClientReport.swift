/// The result of a call as a client under test reports it. It takes the place of the answers, which only Sparring's own client
/// records byte by byte.
package struct ClientReport: Sendable, Hashable {
    /// Whether the client got an answer.
    package var isOK: Bool
    /// The text of the answer, without white space at its ends; nil without an answer.
    package var text: String?
    /// The status of the error; nil if the client reports none.
    package var status: Int?
    /// The client's end for people: `exit code 1`.
    package var words: String
    /// The reason why the client did not make the call; nil if it made it.
    package var skipped: String?
    /// The reason why the client cannot be used at all.
    package var problem: String?

    package init(isOK: Bool, text: String? = nil, status: Int? = nil, words: String) {
        self.isOK = isOK
        self.text = text.map(Self.trimmed)
        self.status = status
        self.words = words
    }

    /// Programs print a line feed after the text.
    package static func trimmed(_ text: String) -> String {
        let characters = Array(text)
        guard let first = characters.firstIndex(where: { !$0.isWhitespace }),
            let last = characters.lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(characters[first...last])
    }
}
