import SparringAPI
import SparringExchange
import SparringWire

extension RequestProblem {
    /// The error for an invalid request, in the API's wording if it is known.
    var error: APIError {
        switch self {
        case .malformed(let reason):
            APIError(status: 400, message: "Sparring: this is not an HTTP/1.1 request: \(reason).")
        case .headTooLarge(let limit):
            APIError(status: 431, message: "Sparring: the request's header fields exceed the limit of \(limit) bytes.")
        case .bodyTooLarge(let limit):
            APIError(
                status: 413, message: "Sparring: the request body exceeds the limit of \(limit) bytes.",
                headers: ["x-should-retry": "false"])
        case .timeout: APIError(status: 408, message: "Sparring: the request did not arrive in time.")
        }
    }
}
