package import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// A feature that a case may need. A client is graded only on features that it used in the probe or declared.
package enum Capability: String, Sendable, Hashable, CaseIterable {
    case chat
    case chatStream = "chat.stream"
    case responses
    case responsesStream = "responses.stream"
    case embeddings
    /// Requests vectors in base64.
    case embeddingsBase64 = "embeddings.base64"
    /// Offers the tools of its task, runs the calls of the model, and sends their results back.
    case tools
    /// Requests an object that matches the schema of its task, and rejects any other answer.
    case structured
    /// Uploads and reads files.
    case files
    /// Submits a batch, waits for it and reads its results.
    case batches
    /// Uploads a file in parts.
    case uploads
    case transcription = "audio.transcription"
    case speech = "audio.speech"
    case moderations
    /// Requests responses in the background, and polls them.
    case background = "responses.background"
    case fineTuning = "fine_tuning"
    /// Creates responses over a WebSocket.
    case responsesSocket = "responses.socket"
    /// Opens Realtime sessions over a WebSocket.
    case realtime
    /// Has answers spoken in a Realtime session, and reads the sound of the answers.
    case realtimeAudio = "realtime.audio"
    /// Trusts the certificate authority that the client's environment names.
    case tls
    /// Cancels a call before its end if its task says so.
    case cancel
    /// Accepts a time limit for a call.
    case timeout

    /// Whether requests show the capability. Other capabilities must be declared.
    package var isVisible: Bool { self != .cancel && self != .timeout && self != .tls }

    /// The capabilities that a request shows.
    package static func shown(by exchange: Exchange) -> Set<Capability> {
        switch exchange.decision.endpoint {
        case "realtime": speaks(in: exchange) ? [.realtime, .realtimeAudio] : [.realtime]
        // The handshake of a WebSocket shows the capability as well, because the handshake may be refused.
        case "responses" where exchange.request.isOnSocket:
            features(ofCall: try? JSONValue.parse(exchange.request.body), isChat: false).union([.responsesSocket])
        case "chat.completions", "responses": shown(inCallTo: exchange)
        case "embeddings":
            (try? JSONValue.parse(exchange.request.body))?["encoding_format"] == "base64"
                ? [.embeddings, .embeddingsBase64] : [.embeddings]
        case "files.create", "files.content": [.files]
        case "batches.create": [.batches]
        case "uploads.create": [.uploads]
        case "audio.transcriptions": [.transcription]
        case "audio.speech": [.speech]
        case "moderations": [.moderations]
        case "fine_tuning.jobs.create": [.fineTuning]
        default: []
        }
    }

    /// Whether an event of a Realtime session asks for spoken answers. Sound is the API's default, so an event without
    /// modalities shows nothing.
    private static func speaks(in exchange: Exchange) -> Bool {
        guard let body = try? JSONValue.parse(exchange.request.body) else { return false }
        return ["session", "response"].contains { body[$0]?["output_modalities"]?[0] == "audio" }
    }

    private static func shown(inCallTo exchange: Exchange) -> Set<Capability> {
        guard let body = try? JSONValue.parse(exchange.request.body) else { return [] }
        let isStream = body["stream"]?.bool == true
        let isChat = exchange.decision.endpoint == "chat.completions"
        let call: Capability = isChat ? (isStream ? .chatStream : .chat) : (isStream ? .responsesStream : .responses)
        var shown = features(ofCall: body, isChat: isChat)
        shown.insert(call)
        if !isChat, body["background"]?.bool == true { shown.insert(.background) }
        return shown
    }

    /// The capabilities that the parameters of a call show, whether the call comes as a request or as an event of a socket.
    private static func features(ofCall body: JSONValue?, isChat: Bool) -> Set<Capability> {
        var shown: Set<Capability> = []
        if body?["tools"]?.array?.isEmpty == false { shown.insert(.tools) }
        let format = isChat ? body?["response_format"] : body?["text"]?["format"]
        if format?["type"]?.string == "json_schema" { shown.insert(.structured) }
        return shown
    }
}

/// The known capabilities of a client.
package struct ClientCapabilities: Sendable, Hashable {
    /// Capabilities that the user (`--can`) or the driver has declared.
    package var said: Set<Capability>
    /// Capabilities that were detected in the client's requests.
    package var seen: Set<Capability>
    /// Capabilities that the client showed during a conversation although no task asked for them: for example, it moderates or embeds its
    /// prompt.
    package var beside: Set<Capability> = []
    /// The kinds of calls whose answers the program prints. For these kinds, an answer that is not printed counts as not read.
    package var shows: Set<CaseTask.Operation>
    /// Whether the program has a plain conversation. A program that only makes embeddings, for example, is not graded on cases that need a
    /// conversation.
    package var converses: Bool

    package init(
        said: Set<Capability> = [], seen: Set<Capability> = [], shows: Set<CaseTask.Operation> = [],
        converses: Bool = true
    ) {
        self.said = said
        self.seen = seen
        self.shows = shows
        self.converses = converses
    }

    /// Adds the capabilities that a case has shown, whether it passed or not.
    package mutating func learn(from subject: Case, seeing observation: Observation) {
        var shown = observation.shown
        // The upload of a batch's lines is a part of a batch. This upload does not show that the program uploads files on request.
        if shown.contains(.batches) { shown.remove(.files) }
        if subject.task.operation.isConversation { beside.formUnion(observation.shownBeside) }
        // If a client makes such calls beside a conversation, it has the capability only if it also does what the task asks for.
        if let text = subject.expectation.text, !observation.shows(text.text) { shown.subtract(beside) }
        seen.formUnion(shown)
        // A client that sent a request has trusted the authority.
        if subject.scenario.listener?.isTLS == true, !observation.attempts.isEmpty { seen.insert(.tls) }
        if let text = subject.expectation.text, observation.shows(text.text) { shows.insert(subject.task.operation) }
    }

    /// The capabilities that a case needs and the client lacks, in declaration order; empty if the case applies.
    package func missing(for subject: Case) -> [Capability] {
        let needed = converses || subject.task.operation != .chat ? subject.requires : subject.requires.union([.chat])
        return Capability.allCases.filter { needed.contains($0) && !said.contains($0) && !seen.contains($0) }
    }
}

extension Observation {
    /// The capabilities that the requests show.
    package var shown: Set<Capability> {
        // The settings of a Realtime session are not an attempt, but they show what the client asks for.
        let settings = exchanges.filter { $0.request.event == "session.update" }
        return (attempts + settings).reduce(into: []) { $0.formUnion(Capability.shown(by: $1)) }
    }

    /// The capabilities that calls in addition to a conversation show.
    fileprivate var shownBeside: Set<Capability> {
        exchanges.filter(\.isBesideConversation).reduce(into: []) { $0.formUnion(Capability.shown(by: $1)) }
    }

    /// Whether a request is a call for a chat completion or a response.
    package var hasConversation: Bool {
        !shown.isDisjoint(with: [.chat, .chatStream, .responses, .responsesStream])
    }
}

extension Case {
    /// The capabilities that a client needs for the case to apply.
    package var requires: Set<Capability> { Set(needs).union(task.operation.requires) }

    /// The only check of a case that does not apply: the case is skipped, and the check names the missing capabilities.
    package func notApplicable(missing: [Capability]) -> Check {
        let wanted = missing.map(\.rawValue).joined(separator: ", ")
        return Check(
            id: "\(id)#applies", level: level, verdict: .skip,
            requirement: "The program has the features that the case needs", expected: "needs \(wanted)",
            actual: "skipped: not used in the probe, and not declared by --can or by the driver", isBuiltIn: true)
    }
}

extension CaseTask.Operation {
    /// A plain chat case needs no capability for its kind of call, because the server renders its answer for any kind of call.
    fileprivate var requires: Set<Capability> {
        switch self {
        case .chat: []
        case .chatStream: [.chatStream]
        case .responses: [.responses]
        case .responsesStream: [.responsesStream]
        case .embeddings: [.embeddings]
        case .upload, .download: [.files]
        case .batch: [.batches]
        case .uploadInParts: [.uploads]
        case .transcription: [.transcription]
        case .speech: [.speech]
        case .moderation: [.moderations]
        case .background: [.background]
        case .fineTuning: [.fineTuning]
        case .responsesSocket: [.responsesSocket]
        case .realtime: [.realtime]
        case .realtimeAudio: [.realtimeAudio]
        }
    }
}

extension Request {
    /// Whether the request is a message on a WebSocket, or the handshake of a WebSocket.
    fileprivate var isOnSocket: Bool { event != nil || SocketHandshake.isAsked(headers) }
}
