import SparringAPI
import SparringJSON
import SparringWire

/// An API to which recordings of the other API can be converted.
package enum RenderedAPI: String, Sendable, Hashable {
    case chat
    case responses

    init?(_ endpoint: Endpoint?) {
        switch endpoint {
        case .chatCompletions: self = .chat
        case .responses: self = .responses
        default: return nil
        }
    }

    var name: String {
        switch self {
        case .chat: "a chat completion"
        case .responses: "a response"
        }
    }
}

extension CassetteMatching.Rendering {
    /// The API to convert recordings to; nil if recordings are not converted.
    package var api: RenderedAPI? { RenderedAPI(rawValue: rawValue) }
}

/// Converts a recorded answer of one API to the other, with its content and timing.
struct Rerendering {
    let api: RenderedAPI
    /// The client's request.
    let request: JSONObject

    /// Returns errors unchanged, because errors have the same shape in both APIs.
    func rendered(_ exchange: RecordedExchange, from recorded: RenderedAPI) throws(ConversionError) -> RecordedAnswer? {
        guard var answer = exchange.answer else { return nil }
        answer.headers[FreshRendering.label] = api.rawValue
        guard answer.status == 200 else { return answer }
        guard exchange.ending.isWhole else {
            throw ConversionError("$", "its recording is incomplete (\(exchange.ending.rawValue))")
        }
        var turn = try turn(of: exchange, answer, recorded)
        turn.endAt = max(turn.endAt, turn.parts.flatMap(\.pieces).map(\.at).max() ?? 0)
        for name in ["content-encoding", "transfer-encoding", "content-length"] { answer.headers[name] = nil }
        let isStream = request["stream"]?.bool ?? false
        answer.headers["content-type"] = isStream ? "text/event-stream; charset=utf-8" : "application/json"
        (answer.body, answer.pieces) = ([], [])
        if isStream {
            let events =
                api == .chat
                ? ChatTurnWriter(turn, for: request).events : ResponsesTurnWriter(turn, for: request).events
            for event in events {
                let bytes = event.bytes
                answer.append(bytes, [RecordedPiece(at: event.at, count: bytes.count)])
            }
        } else {
            let body =
                api == .chat
                ? ChatTurnWriter(turn, for: request).body : ResponsesTurnWriter(turn, for: request).body
            let bytes = body.serialized(.pretty)
            answer.headers["content-length"] = String(bytes.count)
            answer.append(bytes, [RecordedPiece(at: max(turn.endAt, answer.headAt), count: bytes.count)])
        }
        answer.headAt = min(answer.headAt, answer.pieces.first?.at ?? answer.headAt)
        answer.endAt = max(answer.endAt, answer.pieces.last?.at ?? 0)
        return answer
    }

    private func turn(
        of exchange: RecordedExchange, _ answer: RecordedAnswer, _ recorded: RenderedAPI
    ) throws(ConversionError) -> ModelTurn {
        guard answer.isStream else {
            guard let body = try? JSONValue.parse(answer.plainBody) else {
                throw ConversionError("$", "it is not JSON")
            }
            let time = answer.pieces.last?.at ?? answer.headAt
            return recorded == .chat
                ? try ChatTurnReader.turn(body, at: time) : try ResponsesTurnReader.turn(body, at: time)
        }
        guard case .events(let list)? = ReplayedAnswer(exchange: exchange, timeScale: 1).value()?.0.body else {
            throw ConversionError("$", "the recorded stream cannot be split into events")
        }
        var time = Duration.zero
        let events = list.map { event in
            time += event.pause
            return (
                data: event.data,
                at: time.components.seconds * 1_000_000_000 + time.components.attoseconds / 1_000_000_000
            )
        }
        return recorded == .chat ? try ChatTurnReader.turn(events) : try ResponsesTurnReader.turn(events)
    }
}
