import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// One `response.create` on a WebSocket, in the form of an HTTP request that goes through the pipeline.
final class ResponsesTurn {
    /// The type of the event; nil if it has no type.
    let event: String?
    /// `stream_id`; nil if the client named none.
    let lane: String?
    /// False if the turn only prepares the next one.
    let generates: Bool
    /// The reason why the event is not a request; nil if it is one.
    let error: APIError?
    /// The body of the request; nil if there is no request.
    let body: JSONValue?
    /// The items that led to the response that the turn continues, including that response's output. Nil if the connection has not kept
    /// them.
    private let cached: [JSONValue]?
    private var history: [JSONValue] = []
    /// The response that answers the turn, and everything that led to it.
    private(set) var result: (id: String, items: [JSONValue])?

    /// - Parameter cached: looks up the response that the turn continues.
    init(_ message: JSONValue?, cached: (String) -> [JSONValue]?) {
        event = message?["type"]?.string
        let isValidLane = message?["stream_id"]?.string.map(Self.isLane) ?? false
        lane = isValidLane ? message?["stream_id"]?.string : nil
        generates = message?["generate"]?.bool ?? true
        error = Self.error(in: message)
        self.cached = message?["previous_response_id"]?.string.flatMap(cached)
        guard error == nil, var object = message?.object else {
            body = nil
            return
        }
        // The following members belong to the socket. `stream` is always true on a socket.
        for name in ["type", "stream_id", "generate", "background"] { object[name] = nil }
        object["stream"] = true
        body = .object(object)
    }

    private static func isLane(_ name: String) -> Bool {
        (1...256).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                switch $0 {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
                default: false
                }
            }
    }

    private static func error(in message: JSONValue?) -> APIError? {
        guard let object = message?.object else { return .unparsable }
        guard let type = object["type"] else { return .missing("type") }
        guard let name = type.string else { return .invalidType("type", expected: "a string", got: type) }
        guard name == "response.create" else {
            guard name == "response.steer" else {
                return .invalidValue("type", name, supported: ["response.create"])
            }
            return .unsupported("steering a response (response.steer) is not emulated", param: "type")
        }
        if let lane = object["stream_id"], lane != .null, !(lane.string.map(isLane) ?? false) {
            return .unsupported("stream_id must have 1 to 256 letters, digits, '_', '-' and '.'", param: "stream_id")
        }
        if let flag = object["generate"], flag != .null, flag.bool == nil {
            return .invalidType("generate", expected: "a boolean", got: flag)
        }
        if object["background"] == true {
            return .unsupported("a WebSocket has no background responses; use HTTP", param: "background")
        }
        return nil
    }

    /// The stored items that the turn refers to. Responses kept by the connection take precedence, because they may not
    /// be stored.
    func memory(of session: Session, _ body: JSONValue?, now: Moment) -> ResponsesMemory {
        var wanted = ResponsesMemory.Wanted(body)
        if cached != nil { wanted.previous = nil }
        var memory = session.recall(wanted, now: now)
        if let cached { memory.previous = cached }
        history = memory.previous ?? []
        return memory
    }

    /// Keeps the response for the next turn.
    func take(_ effects: [Effect]) {
        for case .keep(let record, _) in effects {
            result = (record.id, history + record.items.map(\.value))
        }
    }

    func carry(_ answer: inout Answer) { answer.carryOnSocket(lane: lane) }
}

extension APIError {
    /// The error for something that the emulation does not support, or for a rule whose wording in the API is unknown.
    fileprivate static func unsupported(_ reason: String, param: String) -> APIError {
        APIError(message: "Sparring: \(reason).", param: param, code: "sparring_unsupported")
    }
}

extension RequestPipeline {
    /// Answers `generate: false`: a response without output, which a later turn can continue. No rule answers it, and it
    /// costs nothing.
    mutating func warmUp(_ request: ResponsesRequest, in session: Session) -> PlannedExchange {
        let (number, clock) = session.mutate(now: now) { ($0.number(), $0.clock) }
        unixTime = clock.unixTime(unixTime, at: now)
        let (context, mint) = context(session, number, .responses, rateLimits: nil)
        var ids = mint
        let order = PlannedAnswer(Answer(status: 200))
        order.take(request.render(saying: nil, context: context, ids: &ids))
        turn?.take(order.effects)
        for case .keep(let record, let plan) in order.effects {
            let moment = clock.time(at: now)
            session.adjust { $0.objects.keep(record, plan: plan, at: moment) }
        }
        return play(
            order, in: session, number: number, endpoint: Endpoint.responses.rawValue, model: request.model.id)
    }
}
