import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Synchronization

/// One event of a Realtime client, while it goes through the pipeline.
final class RealtimeTurn: Sendable {
    let message: JSONObject
    /// Nil if the event has no type, or an unknown one.
    let type: String?
    /// The reason why the event is not valid; nil if it is valid.
    let error: APIError?
    let model: ModelInfo
    /// The name of the Sparring session.
    let session: String
    private let state: RealtimeState
    /// The number of the running response's messages that the client receives, if this event stopped that response.
    private let stopped: Int?
    /// True if turn detection stopped the response; false if the client did.
    private let isInterruption: Bool
    private let outcome = Mutex<Outcome>(Outcome())

    private struct Outcome {
        var planned: RealtimeState?
        var result: RealtimeState?
        var begins = false
    }

    init(_ turn: SocketTurn, state: RealtimeState, model: ModelInfo, session: String, stopped: Int?) {
        message = turn.body?.object ?? JSONObject()
        self.state = state
        self.model = model
        self.session = session
        self.stopped = stopped
        isInterruption = turn.lane == RealtimeLane.interruption
        if turn.lane == RealtimeLane.transcription {
            (type, error) = (CallView.transcription, nil)
            return
        }
        if turn.lane == RealtimeLane.idle {
            (type, error) = (RealtimeIdle.event, nil)
            return
        }
        do throws(APIError) {
            type = try RealtimeState.type(of: turn.body, among: state.accepted)
            error = nil
        } catch {
            type = nil
            self.error = error
        }
    }

    /// The state after the event; nil if the event had no effect.
    var result: RealtimeState? { outcome.withLock { $0.result } }
    /// Whether a response of the conversation has begun.
    var begins: Bool { outcome.withLock { $0.begins } }

    /// The response that the event starts.
    func call() throws(APIError) -> RealtimeCall { try state.call(message, model: model) }

    /// The transcription of the audio that the event names; nil if the item no longer exists.
    func transcription(_ models: ModelTable) -> RealtimeTranscription? {
        let id = state.session.transcriptionModel ?? model.id
        let row = models[id] ?? RealtimeTranscription.admitted(id, to: .realtime, from: models)
        return RealtimeTranscription(itemID, in: state.conversation, state.session.inputFormat, model: row)
    }

    private var itemID: String { message["item_id"]?.string ?? "" }

    /// Answers an event that calls no model.
    func answer(_ ids: inout IDMint) throws(APIError) -> Rendered {
        var state = self.state
        var answer = Answer(status: 200, headers: ["x-request-id": ids.hex("req_", count: 32)])
        answer.body = .events(try carryOut(&state, &ids))
        outcome.withLock { $0.planned = state }
        return Rendered(answer, effects: [.converse(nil)])
    }

    private func carryOut(_ state: inout RealtimeState, _ ids: inout IDMint) throws(APIError) -> [Event] {
        guard type == "response.cancel" else { return try state.carryOut(type ?? "", message, ids: &ids) }
        guard state.active != nil else { throw RealtimeState.notActive }
        // If the response was not stopped, it is sending its last bytes and ends by itself.
        guard let stopped else { return [] }
        let reason = isInterruption ? RealtimeOutput.turnDetected : "client_cancelled"
        return state.cancel(after: stopped, reason: reason, ids: &ids)
    }

    /// Stores the effects of the answer that is sent.
    func take(_ effects: [Effect]) {
        for case .hear(let item, let text) in effects {
            var state = self.state
            state.hear(text, item: item)
            outcome.withLock { $0.result = state }
        }
        for case .converse(let output) in effects {
            outcome.withLock { outcome in
                guard let output else { return outcome.result = outcome.planned }
                var state = self.state
                state.begin(output)
                outcome.result = state
                outcome.begins = output.isOfConversation
            }
        }
    }

    func carry(_ answer: inout Answer) {
        answer.carryInRealtime(message, type: type, conversation: state.conversation.id, session: session)
    }
}
