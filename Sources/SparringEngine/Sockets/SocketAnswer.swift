import SparringAPI
import SparringJSON
import SparringWire

/// Answers in the form that a WebSocket uses: events without the SSE notation, and errors as events.
extension Answer {
    /// Turns the answer into messages.
    /// - Parameter lane: the `stream_id` that every message names; nil if the client named none.
    mutating func carryOnSocket(lane: String?) {
        switch body {
        case .events(let events):
            guard let lane else { return }
            body = .events(
                events.map { event in
                    var event = event
                    event.data = Self.adding(lane, to: event.data)
                    return event
                })
        case .whole(let bytes) where status >= 300:
            let error = SocketError(status: status, body: bytes, headers: headers)
            body = .events([Event(data: error.event(lane: lane), kind: .error)])
        case .whole(let bytes): body = .events([Event(data: bytes, kind: .finish)])
        case .none:
            let error = SocketError(status: status, body: [], headers: headers)
            body = .events(status >= 300 ? [Event(data: error.event(lane: lane), kind: .error)] : [])
        }
    }

    /// Adds the member at the end of the object, without parsing the object. Data that is not an object is returned unchanged.
    private static func adding(_ lane: String, to data: [UInt8]) -> [UInt8] {
        guard data.count > 2, data.first == UInt8(ascii: "{"), data.last == UInt8(ascii: "}") else { return data }
        return data.dropLast() + Array(",\"stream_id\":".utf8) + JSONValue.string(lane).serialized()
            + [UInt8(ascii: "}")]
    }
}

/// An error as an event of a WebSocket: `{"type":"error","status":400,"error":{…}}`.
///
/// Source: `ResponseWsError` of the API's document.
struct SocketError {
    let status: Int
    private let error: JSONObject

    /// - Parameters:
    ///   - body: the body of the error in HTTP.
    ///   - headers: the header fields of the error in HTTP. The header fields about rate limits are passed on.
    init(status: Int, body: [UInt8], headers: HeaderFields) {
        self.status = status
        let parsed = (try? JSONValue.parse(body))?["error"]?.object
        var error =
            parsed ?? [
                "type": .string(status < 500 ? "invalid_request_error" : "server_error"),
                "message": .string(String(decoding: body, as: UTF8.self)), "param": .null, "code": .null,
            ]
        let passed = headers.fields.filter { field in
            let name = field.name.lowercased()
            return name.hasPrefix("retry-after") || name.hasPrefix("x-ratelimit-") || name == "x-request-id"
        }
        if passed.contains(where: { $0.name.lowercased() != "x-request-id" }) {
            var object = JSONObject()
            for field in passed { object[field.name] = .string(field.value) }
            error["headers"] = .object(object)
        }
        self.error = error
    }

    func event(lane: String?) -> [UInt8] {
        var event: JSONObject = ["type": "error", "status": .int(status)]
        if let lane { event["stream_id"] = .string(lane) }
        event["error"] = .object(error)
        return JSONValue.object(event).serialized()
    }
}

extension APIError {
    /// The error as an event of a WebSocket.
    func socketEvent(lane: String?) -> [UInt8] {
        let body: JSONValue = [
            "error": [
                "type": .string(type), "code": .string(orNull: code), "message": .string(message),
                "param": .string(orNull: param),
            ]
        ]
        return SocketError(status: status, body: body.serialized(), headers: [:]).event(lane: lane)
    }
}
