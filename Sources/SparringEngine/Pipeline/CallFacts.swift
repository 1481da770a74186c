import SparringExchange
import SparringWire

/// What the engine needs of a request's head for every call. It is read once for each head, because clients send the same head again and
/// again.
final class CallFacts: Sendable {
    let address: RequestAddress
    let dialect: Dialect
    let asksForSocket: Bool
    /// Whether the connection may serve another request.
    let keepsAlive: Bool
    /// The value of `Authorization`.
    let authorization: String?
    /// The value of Azure's `api-key`.
    let azureKey: String?
    /// The value of `OpenAI-Organization`; nil if it is empty.
    let organization: String?
    /// The value of `OpenAI-Project`; nil if it is empty.
    let project: String?
    /// The value of `X-Sparring-Validation`.
    let validation: String?
    /// Whether the head may order faults for its own answer.
    let mayOrderFaults: Bool
    let storage: StorageUse

    /// When an operation may read the store.
    enum StorageUse: Sendable {
        case never
        /// A response may search files, and a store that several servers share is not on this machine.
        case ifShared
        case always

        /// Looks only at the first letters after `/v1/`.
        /// - Parameter path: as the API writes it.
        init(_ path: Substring) {
            let letters = path.utf8.dropFirst(4)
            switch letters.first {
            case nil, UInt8(ascii: "m"): self = .never
            case UInt8(ascii: "r"): self = .ifShared
            // True for containers, but not for chat, completions and conversations.
            case UInt8(ascii: "c"): self = letters.starts(with: "conta".utf8) ? .always : .never
            // True for evals, but not for embeddings.
            case UInt8(ascii: "e"): self = letters.dropFirst().first == UInt8(ascii: "v") ? .always : .never
            default: self = .always
            }
        }
    }

    init(_ request: Request) {
        let headers = request.headers
        func filled(_ name: String) -> String? { headers[name].flatMap { $0.isEmpty ? nil : $0 } }
        let address = RequestAddress(request)
        self.address = address
        dialect = Dialect(of: request, at: address.path)
        asksForSocket = WebSocketUpgrade.isAsked(by: request)
        keepsAlive = Persistence.isWanted(by: request)
        authorization = headers["authorization"]
        azureKey = headers["api-key"]
        organization = filled("openai-organization")
        project = filled("openai-project")
        validation = headers["x-sparring-validation"]
        mayOrderFaults = address.fault != nil
        storage = StorageUse(dialect.path(address.path))
    }
}

extension Request {
    /// The engine's facts about the head.
    var call: CallFacts {
        if let known = facts?.content as? CallFacts { return known }
        let made = CallFacts(self)
        return keep(HeadFacts(made)).content as? CallFacts ?? made
    }
}
