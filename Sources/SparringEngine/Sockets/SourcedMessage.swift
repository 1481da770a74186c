import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// A client's message on a WebSocket that a source answers, while it goes through the pipeline. A socket's source has its own answer for
/// this message.
final class SourcedMessage: AnswerSource {
    let turn: SocketTurn
    private let socket: any SocketService
    /// Nil at a path at which the API has no socket. No rule applies at such a path.
    let endpoint: Endpoint?

    init(_ turn: SocketTurn, of socket: any SocketService, endpoint: Endpoint?) {
        self.turn = turn
        self.socket = socket
        self.endpoint = endpoint
    }

    /// The type of the event; nil if the message has none.
    var type: String? { turn.body?["type"]?.string }

    /// Whether the event asks for a response.
    var isCall: Bool { type == CallView.create }

    /// The call of a model, for steps that script the model's answer; nil without one. In a Realtime session, the call depends on the
    /// conversation, which only the source knows.
    func call(_ models: ModelTable) -> (any CheckedCall)? {
        guard endpoint == .responses, isCall else { return nil }
        let body = ResponsesTurn(turn.body) { _ in nil }.body
        return try? LenientRequest(.responses, body: body, models: models).call(.lenient)
    }

    func answer(to request: Request, headers: HeaderFields, connection: Int, now: Moment) -> SourcedAnswer {
        let performance = socket.answer(to: turn, connection: connection, now: now)
        return SourcedAnswer(performance, editable: SourcedFrames.editable(performance.script))
    }

    /// Turns an answer of the scenario into messages.
    /// - Parameter session: the name of the Sparring session.
    func carry(_ answer: inout Answer, session: String) {
        if endpoint == .realtime {
            answer.carryInRealtime(turn.body?.object ?? [:], type: type, conversation: nil, session: session)
        } else {
            answer.carryOnSocket(lane: turn.body?["stream_id"]?.string)
        }
    }
}
