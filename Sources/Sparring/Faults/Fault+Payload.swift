/// Faults of the answer that the API builds: status, events, JSON.
extension MockScenario.Fault {
    /// An error event replaces the rest of a stream. The default point is `event 2`.
    public static func errorEvent(
        _ error: MockScenario.ErrorName = .serverError, form: ErrorEventForm = .object, at point: Point? = nil
    ) -> Self {
        named("error", [.error(error), .text(form.rawValue)], at: point)
    }

    /// The JSON of the next event, or of a whole body, is cut in half. The default point is `event 2`.
    public static func malformedJSON(at point: Point? = nil) -> Self { named("malformed_json", at: point) }

    /// The next event is left out. The default point is `event 2`.
    public static func dropEvent(at point: Point? = nil) -> Self { named("drop_event", at: point) }

    /// The next event is sent twice. The default point is `event 2`.
    public static func duplicateEvent(at point: Point? = nil) -> Self { named("duplicate_event", at: point) }

    /// The next two events are sent in the wrong order. The default point is `event 1`.
    public static func swapEvents(at point: Point? = nil) -> Self { named("swap_events", at: point) }

    /// The event that ends the stream is left out: `[DONE]`, or the last event of a response. The default point is `done`.
    public static func dropDone(at point: Point? = nil) -> Self { named("drop_done", at: point) }

    /// An event of content is sent after `[DONE]`. The default point is `done`.
    public static func afterDone(at point: Point? = nil) -> Self { named("after_done", at: point) }

    /// An event of an unknown type is inserted. Clients ignore it, because the API may add types. The default point is `event
    /// 1`.
    public static func unknownEvent(at point: Point? = nil) -> Self { named("unknown_event", at: point) }

    /// The next event has an unknown field of this many bytes. The default point is `event 2`.
    public static func hugeEvent(bytes: Int = 5_000_000, at point: Point? = nil) -> Self {
        named("huge_event", [.size(bytes)], at: point)
    }

    /// The next content starts with a character that ends a line in Unicode, but not in an event stream. The default point is
    /// `event 1`.
    public static func lineSeparator(_ which: LineSeparator = .lineSeparator, at point: Point? = nil) -> Self {
        named("line_separator", [.text(which.rawValue)], at: point)
    }

    /// An HTML error page of a proxy replaces the answer. Its status is 200, 403, 502, 503, 504, 520 or 524.
    public static func htmlPage(status: Int = 502) -> Self { named("html_page", [.text(String(status))]) }

    /// Status 200 with the body of an error, as sent by gateways that lose the status.
    public static func errorIn200(_ error: MockScenario.ErrorName = .serverError) -> Self {
        named("error_in_200", [.error(error)])
    }

    /// The status and the header fields are sent, but no body.
    public static let emptyBody = named("empty_body")

    /// `content-type` has this value; the value `none` leaves the field out. The body is correct.
    public static func contentType(_ type: String = "text/plain") -> Self { named("content_type", [.text(type)]) }

    /// A redirect with the status 301, 302, 303, 307 or 308. By default, the location is the same resource again.
    public static func redirect(status: Int = 307, to location: String = "?again") -> Self {
        named("redirect", [.text(String(status)), .text(location)])
    }

    /// The form of an error inside a stream.
    public enum ErrorEventForm: String, Sendable, CaseIterable {
        /// The API's error object.
        case object
        /// The API's error object, in an event named `error`.
        case named
        /// A text without an object.
        case text
        /// The object without the `error` around it.
        case flat
        /// The API's error object, with `[DONE]` after it.
        case thenDone = "then_done"
    }

    /// A character that ends a line in Unicode, but not in an event stream.
    public enum LineSeparator: String, Sendable, CaseIterable {
        /// U+2028
        case lineSeparator = "U+2028"
        /// U+2029
        case paragraphSeparator = "U+2029"
        /// U+0085
        case nextLine = "U+0085"
    }
}
