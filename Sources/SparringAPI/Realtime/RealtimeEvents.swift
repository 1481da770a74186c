package import SparringJSON
package import SparringWire

/// Collects the events that a Realtime server sends. Each event begins with `type` and has an `event_id` of its own.
///
/// Source: https://developers.openai.com/api/reference/resources/realtime and the types of the `openai` package 3.57.0.
package struct RealtimeEvents: Sendable {
    package private(set) var events: [Event] = []
    package var ids: IDMint

    package init(ids: IDMint) { self.ids = ids }

    package mutating func add(_ type: String, _ members: JSONObject, kind: Event.Kind = .frame) {
        var writer = JSONWriter(reserving: 256)
        let id = ids.base62("event_", count: 21)
        writer.object { writer in
            writer.member("type", type)
            writer.member("event_id", id)
            for member in members.members { writer.member(named: member.name, member.value) }
        }
        events.append(Event(name: type, data: writer.bytes, kind: kind))
    }
}

extension APIError {
    /// The error as an event of the Realtime API.
    /// - Parameter cause: the `event_id` of the client's event; nil if that event has none.
    package func realtimeEvent(cause: String?, ids: inout IDMint) -> Event {
        var events = RealtimeEvents(ids: ids)
        events.add(
            "error",
            [
                "error": [
                    "type": .string(type), "code": .string(orNull: code), "message": .string(message),
                    "param": .string(orNull: param), "event_id": .string(orNull: cause),
                ]
            ], kind: .error)
        ids = events.ids
        return events.events[0]
    }

    /// An error with a code, in the Realtime API's own words.
    static func realtime(_ code: String, _ message: String, param: String? = nil) -> APIError {
        APIError(message: message, param: param, code: code)
    }

    /// The error for something that the emulation does not support.
    static func realtimeUnsupported(_ reason: String, param: String) -> APIError {
        APIError(message: "Sparring: \(reason).", param: param, code: "sparring_unsupported")
    }
}
