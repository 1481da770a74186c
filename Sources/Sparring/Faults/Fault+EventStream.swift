/// Faults in the writing of an event stream (WHATWG HTML §9.2.5), and spellings that are valid and rare.
extension MockScenario.Fault {
    /// Lines end so from here on. By default at `start`.
    public static func lineEnd(_ end: LineEnd = .crlf, at point: Point? = nil) -> Self {
        named("line_end", [.text(end.rawValue)], at: point)
    }

    /// No space follows the colon from here on: `data:{…}`, which is valid. By default at `start`.
    public static func noSpace(at point: Point? = nil) -> Self { named("no_space", at: point) }

    /// The JSON of the next event goes over several `data` lines, which a client joins with line feeds. By default at
    /// `event 1`.
    public static func multiLineData(at point: Point? = nil) -> Self { named("multi_line_data", at: point) }

    /// The next event has one more field. Clients skip what they do not know. By default at `event 1`.
    public static func eventField(_ field: EventField = .id, at point: Point? = nil) -> Self {
        named("field", [.text(field.rawValue)], at: point)
    }

    /// A line that starts with a colon, which clients skip. By default at `event 1`.
    public static func comment(_ text: String = "a comment", at point: Point? = nil) -> Self {
        named("comment", [.text(text)], at: point)
    }

    /// A keep-alive, as servers send it on an idle connection. By default at `event 1`.
    public static func keepAlive(_ form: KeepAliveForm = .comment, at point: Point? = nil) -> Self {
        named("keep_alive", [.text(form.rawValue)], at: point)
    }

    /// The bytes EF BB BF. Clients drop them at the head of a stream; later they make the next field unknown. By
    /// default at `head`.
    public static func byteOrderMark(at point: Point? = nil) -> Self { named("byte_order_mark", at: point) }

    /// An event with empty data, which clients dispatch and which is not JSON. By default at `event 1`.
    public static func emptyData(_ form: EmptyDataForm = .withColon, at point: Point? = nil) -> Self {
        named("empty_data", [.text(form.rawValue)], at: point)
    }

    /// The next event lacks the blank line that dispatches it. By default at `done`.
    public static func noBlankLine(at point: Point? = nil) -> Self { named("no_blank_line", at: point) }

    /// How lines of an event stream end. All are valid (WHATWG HTML §9.2.5).
    public enum LineEnd: String, Sendable, CaseIterable {
        /// LF
        case lf
        /// CR
        case cr
        /// CRLF
        case crlf
        /// Each in turn.
        case mixed
    }

    /// A field of an event beside its data.
    public enum EventField: String, Sendable, CaseIterable {
        /// `id`
        case id
        /// `retry`
        case retry
        /// A field that no client knows.
        case unknown
    }

    /// The form of a keep-alive.
    public enum KeepAliveForm: String, Sendable, CaseIterable {
        /// A comment.
        case comment
        /// A bare colon.
        case colon
        /// A comment that says that the server is processing.
        case processing
        /// Blank lines.
        case blankLines = "blank_lines"
        /// An event named `ping`.
        case ping
    }

    /// How an event with empty data is written.
    public enum EmptyDataForm: String, Sendable, CaseIterable {
        /// `data:`
        case withColon = "data:"
        /// `data`
        case withoutColon = "data"
    }
}
