package import SparringExchange
import SparringJSON
import SparringScenario

/// What a client can be asked to do. It is graded on what it is seen to do, or says that it can, and on nothing else.
package enum Capability: String, Sendable, Hashable, CaseIterable {
    case chat
    case chatStream = "chat.stream"
    case responses
    case responsesStream = "responses.stream"
    case embeddings
    /// Offers the tools of its task, runs what the model calls, and sends back what came of it.
    case tools
    /// Asks for an object of the schema of its task, and takes nothing else for one.
    case structured
    /// Uploads a file, and reads one.
    case files
    /// Has the lines of a file worked on, waits for the batch and reads what came of it.
    case batches
    /// Trusts the authority that its environment names.
    case tls
    /// Leaves a call in the middle when it is told to.
    case cancel
    /// Takes a limit of time for a call.
    case timeout

    /// Whether requests show it. What they do not show has to be said.
    package var isVisible: Bool { self != .cancel && self != .timeout && self != .tls }

    /// What a call shows that its sender can do.
    package static func shown(by exchange: Exchange) -> Set<Capability> {
        switch exchange.decision.endpoint {
        case "chat.completions", "responses": shown(inCallTo: exchange)
        case "embeddings": [.embeddings]
        case "files.create", "files.content": [.files]
        case "batches.create": [.batches]
        default: []
        }
    }

    private static func shown(inCallTo exchange: Exchange) -> Set<Capability> {
        guard let body = try? JSONValue.parse(exchange.request.body) else { return [] }
        let isStream = body["stream"]?.bool == true
        let isChat = exchange.decision.endpoint == "chat.completions"
        let call: Capability = isChat ? (isStream ? .chatStream : .chat) : (isStream ? .responsesStream : .responses)
        var shown: Set<Capability> = [call]
        if body["tools"]?.array?.isEmpty == false { shown.insert(.tools) }
        let format = isChat ? body["response_format"] : body["text"]?["format"]
        if format?["type"]?.string == "json_schema" { shown.insert(.structured) }
        return shown
    }
}

/// What is known of a client before it is graded.
package struct ClientCapabilities: Sendable, Hashable {
    /// By its user (`--can`), or by its driver.
    package var said: Set<Capability>
    /// By what it sent when it was asked.
    package var seen: Set<Capability>
    /// Kinds of calls whose text it has been seen to show: there, what it does not show it has not got.
    package var shows: Set<CaseTask.Operation>

    package init(
        said: Set<Capability> = [], seen: Set<Capability> = [], shows: Set<CaseTask.Operation> = []
    ) {
        self.said = said
        self.seen = seen
        self.shows = shows
    }

    /// Takes in what a case has shown, whatever its verdict.
    package mutating func learn(from subject: Case, seeing observation: Observation) {
        for exchange in observation.attempts { seen.formUnion(Capability.shown(by: exchange)) }
        // Who comes at all has trusted the authority.
        if subject.scenario.listener?.isTLS == true, !observation.attempts.isEmpty { seen.insert(.tls) }
        if let text = subject.expectation.text, observation.shows(text.text) { shows.insert(subject.task.operation) }
    }

    /// What a case needs and the client does not claim, in the order of the list; empty where the case applies.
    package func missing(for subject: Case) -> [Capability] {
        let needed = subject.requires
        return Capability.allCases.filter { needed.contains($0) && !said.contains($0) && !seen.contains($0) }
    }
}

extension Case {
    /// What a client must be able to do for the case to apply.
    package var requires: Set<Capability> { Set(needs).union(task.operation.requires) }

    /// The case of a client that it does not apply to: one check that says so, and nothing is held against it.
    package func notApplicable(missing: [Capability]) -> Check {
        let wanted = missing.map(\.rawValue).joined(separator: ", ")
        return Check(
            id: "\(id)#applies", level: level, verdict: .skip, requirement: "The client can do what the case asks for",
            expected: wanted, actual: "it was neither seen nor said to", isBuiltIn: true)
    }
}

extension CaseTask.Operation {
    /// A plain conversation may be had in any way: an answer is rendered as the call asks for it.
    fileprivate var requires: Set<Capability> {
        switch self {
        case .chat: []
        case .chatStream: [.chatStream]
        case .responses: [.responses]
        case .responsesStream: [.responsesStream]
        case .embeddings: [.embeddings]
        case .upload, .download: [.files]
        case .batch: [.batches]
        }
    }
}
