/// Faults in the notation of an event stream (WHATWG HTML §9.2.5), and notations that are valid but rare.
extension MockScenario.Fault {
    /// Lines end in this way from here on. The default point is `start`.
    public static func lineEnd(_ end: LineEnd = .crlf, at point: Point? = nil) -> Self {
        named("line_end", [.text(end.rawValue)], at: point)
    }

    /// No space follows the colon from here on: `data:{…}`, which is valid. The default point is `start`.
    public static func noSpace(at point: Point? = nil) -> Self { named("no_space", at: point) }

    /// The JSON of the next event is split over several `data` lines, which a client joins with line feeds. By default
    /// at `event 1`.
    public static func multiLineData(at point: Point? = nil) -> Self { named("multi_line_data", at: point) }

    /// The next event has one more field. Clients ignore fields that they do not know. The default point is `event 1`.
    public static func eventField(_ field: EventField = .id, at point: Point? = nil) -> Self {
        named("field", [.text(field.rawValue)], at: point)
    }

    /// Inserts a line that starts with a colon, which clients ignore. The default point is `event 1`.
    public static func comment(_ text: String = "a comment", at point: Point? = nil) -> Self {
        named("comment", [.text(text)], at: point)
    }

    /// Inserts a keep-alive, like those that servers send on an idle connection. The default point is `event 1`.
    public static func keepAlive(_ form: KeepAliveForm = .comment, at point: Point? = nil) -> Self {
        named("keep_alive", [.text(form.rawValue)], at: point)
    }

    /// Inserts the bytes EF BB BF. Clients ignore empty lines at the start of a stream; later, they make the next field unknown. The
    /// default point is `head`.
    public static func byteOrderMark(at point: Point? = nil) -> Self { named("byte_order_mark", at: point) }

    /// Inserts an event with empty data. Clients dispatch it, although its data is not JSON. The default point is `event 1`.
    public static func emptyData(_ form: EmptyDataForm = .withColon, at point: Point? = nil) -> Self {
        named("empty_data", [.text(form.rawValue)], at: point)
    }

    /// The next event lacks the blank line that dispatches it. The default point is `done`.
    public static func noBlankLine(at point: Point? = nil) -> Self { named("no_blank_line", at: point) }

    /// The ends of lines in an event stream. All are valid (WHATWG HTML §9.2.5).
    public enum LineEnd: String, Sendable, CaseIterable {
        /// LF
        case lf
        /// CR
        case cr
        /// CRLF
        case crlf
        /// The ends of lines are each of them in turn.
        case mixed
    }

    /// A field of an event in addition to its data.
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
        /// A comment with the text that the server is processing.
        case processing
        /// Blank lines.
        case blankLines = "blank_lines"
        /// An event named `ping`.
        case ping
    }

    /// The form of an event with empty data.
    public enum EmptyDataForm: String, Sendable, CaseIterable {
        /// `data:`
        case withColon = "data:"
        /// `data`
        case withoutColon = "data"
    }
}
