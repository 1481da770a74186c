import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// Takes one request through the engine.
struct RequestPipeline {
    let sessions: SessionRegistry
    let batches: BatchWorker
    var request: Request
    /// The request before its translation; nil if its dialect is the API's own.
    var original: Request?
    /// Set once the address is known.
    var dialect = Dialect.own
    let connection: Int
    let now: Moment
    /// Answers operations that are not emulated; nil for the document that the program carries.
    let givenDocument: OpenAPIDocument?
    /// Answers the operations that the API has shut down.
    let servesRetired: Bool
    /// A source that answers every request, in place of the emulations; nil without a source.
    var source: (any AnswerSource)?
    /// Unix seconds for `date` and `created`: wall-clock time, then session time once the session is known.
    var unixTime: Int
    /// Set once the key is checked.
    var caller = Caller()
    /// The faults that the request orders for its own answer; nil if it orders no faults.
    var requested: [Fault]?
    /// Set for an event of a WebSocket.
    var turn: ResponsesTurn?
    /// Set for an event of a Realtime session.
    var realtime: RealtimeTurn?
    /// Set for a message on a WebSocket that the source answers.
    var message: SourcedMessage?
    /// Set when the request has opened a WebSocket.
    var opensSocket = false
    /// The compression that the WebSocket's handshake has agreed on; nil without compression.
    var compression: SocketCompression?
    /// Set when the request has opened a Realtime session.
    var opening: RealtimeSettings?
    /// The Close frame at the end of a Realtime session; nil for other sockets.
    var closing: SocketClose?

    mutating func perform() -> PlannedExchange {
        var address = request.call.address
        if source == nil {
            dialect = request.call.dialect
            original = dialect.translate(&request, &address) ?? original
        }
        if let fault = address.fault {
            switch ScenarioLoader.faults(in: fault, errors: .api) {
            // Faults at the request's head have already been applied.
            case .success(let faults): requested = faults.filter { $0.layer != .request }
            case .failure(let mistakes): return refuse(address, .unknownFault(fault, mistakes))
            }
        }
        if let source { return sourced(by: source, address) }
        if let error = dialect.error(for: request, at: address.path) { return refuse(address, error) }
        if request.call.asksForSocket { return upgrade(address) }
        if let realtime { return converse(address, realtime) }
        if let error = turn?.error { return refuse(address, error, endpoint: .responses) }
        switch Router.route(method: request.method, path: address.path) {
        case .preflight: return auxiliary(address, endpoint: nil, CrossOrigin.preflight(request))
        case .wrongMethod(let error), .unknown(let error): return generic(address, else: error)
        case .endpoint(let endpoint, let parameters):
            guard Credentials.isPresent(in: request) else {
                return refuse(address, Credentials.missing, endpoint: endpoint)
            }
            switch endpoint.kind {
            case .socket: return refuse(address, .needsUpgrade, endpoint: endpoint)
            case .model: return call(address, endpoint)
            case .object: return object(address, endpoint, parameters)
            case .catalogue: return list(address, endpoint, model: parameters["model"])
            }
        }
    }

    /// Answers bytes that are not a valid request. The connection ends after the answer.
    mutating func reject(_ problem: RequestProblem) -> PlannedExchange {
        refuse(RequestAddress(request), tooLarge(problem) ?? problem.error, keepsAlive: false)
    }

    /// The API's own error for an audio form that is too large; nil for other requests.
    private func tooLarge(_ problem: RequestProblem) -> APIError? {
        let path = Dialect.address(of: request).path
        guard case .bodyTooLarge(let limit) = problem,
            case .endpoint(let endpoint, _) = Router.route(method: request.method, path: path), endpoint.hearsSound
        else { return nil }
        return .audioTooLarge(request.headers["content-length"].flatMap { Int($0) } ?? limit + 1)
    }
}
