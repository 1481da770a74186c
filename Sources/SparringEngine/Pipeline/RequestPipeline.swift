import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// One request on its way through the engine.
struct RequestPipeline {
    let sessions: SessionRegistry
    let batches: BatchWorker
    var request: Request
    /// As it came, where it came in another dialect.
    var original: Request?
    /// Known as soon as the address is.
    var dialect = Dialect.own
    let connection: Int
    let now: Moment
    /// What answers where nothing is emulated; nil where nothing does.
    let document: OpenAPIDocument?
    /// What answers in place of everything that is emulated; nil: nothing.
    var source: (any AnswerSource)?
    /// Seconds, for `date` and `created`: the wall's, and the session's as soon as that is known.
    var unixTime: Int
    /// Known as soon as the key is.
    var caller = Caller()
    /// What the request orders for its own answer; nil: nothing.
    var requested: [Fault]?

    mutating func perform() -> PlannedExchange {
        var address = RequestAddress(request)
        if source == nil {
            dialect = Dialect(of: request, at: address.path)
            original = dialect.translate(&request, &address)
        }
        if let fault = address.fault {
            switch ScenarioLoader.faults(in: fault, errors: .api) {
            // Those of the request's head have struck by now.
            case .success(let faults): requested = faults.filter { $0.layer != .request }
            case .failure(let mistakes): return refuse(address, .unknownFault(fault, mistakes))
            }
        }
        if let source { return sourced(by: source, address) }
        if let error = dialect.error(for: request, at: address.path) { return refuse(address, error) }
        if WebSocketUpgrade.isAsked(by: request) {
            return refuse(
                address, WebSocketUpgrade.refusal(request.method, address.path), unmatched: WebSocketUpgrade.reason)
        }
        switch Router.route(method: request.method, path: address.path) {
        case .preflight: return auxiliary(address, endpoint: nil, CrossOrigin.preflight(request))
        case .wrongMethod(let error), .unknown(let error): return generic(address, else: error)
        case .endpoint(let endpoint, let parameters):
            guard Credentials.isPresent(in: request) else {
                return refuse(address, Credentials.missing, endpoint: endpoint)
            }
            switch endpoint.kind {
            case .model: return call(address, endpoint)
            case .object: return object(address, endpoint, parameters)
            case .catalogue: return list(address, endpoint, model: parameters["model"])
            }
        }
    }

    /// An answer to something that is no request. The connection ends after it.
    mutating func reject(_ problem: RequestProblem) -> PlannedExchange {
        refuse(RequestAddress(request), tooLarge(problem) ?? problem.error, keepsAlive: false)
    }

    /// The API's own words where it limits a whole form, which it does for sound.
    private func tooLarge(_ problem: RequestProblem) -> APIError? {
        let path = Dialect.address(of: request).path
        guard case .bodyTooLarge(let limit) = problem,
            case .endpoint(let endpoint, _) = Router.route(method: request.method, path: path), endpoint.hearsSound
        else { return nil }
        return .audioTooLarge(request.headers["content-length"].flatMap { Int($0) } ?? limit + 1)
    }
}
