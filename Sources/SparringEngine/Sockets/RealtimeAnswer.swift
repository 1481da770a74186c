import SparringAPI
import SparringJSON
import SparringScenario
import SparringWire

/// Answers in the form that a Realtime session uses.
extension Answer {
    /// Turns the answer to an event of the client into messages. An error becomes an event. A call that fails, or that a
    /// limit refuses, becomes a failed response.
    /// - Parameters:
    ///   - type: the type of the event; nil if it has none.
    ///   - conversation: the id of the session's conversation; nil if it is not known.
    ///   - session: the name of the Sparring session.
    mutating func carryInRealtime(_ event: JSONObject, type: String?, conversation: String?, session: String) {
        var ids = IDMint(for: headers["x-request-id"] ?? session)
        switch body {
        case .events: return
        case .whole(let bytes) where status < 300: body = .events([Event(data: bytes, kind: .finish)])
        case .none where status < 300: body = .events([])
        case .whole, .none:
            let error = APIError(self)
            if type == CallView.transcription {
                body = .events([error.transcriptionFailure(of: event["item_id"]?.string ?? "", ids: &ids)])
                return
            }
            guard type == CallView.create, error.status == 429 || error.status >= 500 else {
                body = .events([error.realtimeEvent(cause: event["event_id"]?.string, ids: &ids)])
                return
            }
            let isOutOfBand = RealtimeCall.isOutOfBand(.object(event))
            body = .events(
                RealtimeOutput.failed(
                    error, metadata: event["response"]?["metadata"] ?? .null,
                    conversation: isOutOfBand ? nil : conversation, ids: &ids))
        }
    }
}

extension APIError {
    /// The error in the body of an answer. If the body has no error, returns an error in the server's name.
    fileprivate init(_ answer: Answer) {
        var bytes: [UInt8] = []
        if case .whole(let body) = answer.body { bytes = body }
        let parsed = (try? JSONValue.parse(bytes))?["error"]
        self.init(
            status: answer.status,
            type: parsed?["type"]?.string ?? (answer.status < 500 ? "invalid_request_error" : "server_error"),
            message: parsed?["message"]?.string ?? String(decoding: bytes, as: UTF8.self),
            param: parsed?["param"]?.string, code: parsed?["code"]?.string)
    }
}
