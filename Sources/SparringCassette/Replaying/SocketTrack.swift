import SparringExchange
import SparringJSON
import SparringWire

/// A message of a client in the form that is compared.
struct SocketEvent: Sendable {
    let bytes: [UInt8]
    let normal: NormalRequest
    let form: ConversationForm?
    /// The `type` in the JSON, or the size of a message that is not JSON.
    let name: String
    let lane: String

    /// A client makes a new `event_id` in every run. The API uses the `event_id` only to repeat it in errors.
    private static let changing = [CassettePath([.member("event_id")])]

    /// - Parameter bytes: the masked message.
    init(_ bytes: [UInt8], _ matching: CassetteMatching) {
        self.bytes = bytes
        normal = NormalRequest(
            method: "MESSAGE", target: "/", headers: [:], body: bytes, ignored: matching.ignored + Self.changing)
        form = matching.rigour == .conversation ? ConversationForm(normal) : nil
        name = normal.document?["type"]?.string ?? "a message of \(bytes.count) bytes"
        lane = Self.lane(in: normal.document)
    }

    /// The lane of a message: its `stream_id`; empty if the message has no `stream_id`.
    static func lane(of message: [UInt8]) -> String { lane(in: try? JSONValue.parse(message)) }

    static func lane(in document: JSONValue?) -> String { document?["stream_id"]?.string ?? "" }

    func equals(_ other: SocketEvent, _ rigour: CassetteMatching.Rigour) -> Bool {
        switch rigour {
        case .exact: bytes == other.bytes
        case .normal: normal.fingerprint == other.normal.fingerprint
        case .conversation: form?.fingerprint == other.form?.fingerprint
        }
    }
}

/// A recorded WebSocket in the form for replay: what the server sends first, and what the server sends after each message of the client.
struct SocketTrack: Sendable {
    /// An action of the server, and the pause before it.
    struct Cue: Sendable, Hashable {
        enum Action: Sendable, Hashable {
            case send(RecordedMessage.Content)
            /// The end of the connection without a Close frame.
            case end(Ending)
        }

        /// The pause after the previous cue, or after the client's message, in nanoseconds.
        var pause: Int64
        var action: Action
    }

    struct Answer: Sendable {
        var cues: [Cue] = []
        /// The identifiers that first appear in the messages of this answer.
        var minted: [String] = []
        /// The time of the latest cue, or of the client's message.
        fileprivate var time: Int64

        fileprivate init(from time: Int64) { self.time = time }

        fileprivate mutating func add(_ action: Cue.Action, at moment: Int64) {
            cues.append(Cue(pause: max(0, moment - time), action: action))
            time = max(time, moment)
        }
    }

    /// A message of the client, and the messages that the server sends after it.
    struct Step: Sendable {
        /// The number of the message among all messages of the recording, from 1.
        let number: Int
        let event: SocketEvent
        var answer: Answer
    }

    /// The index of the recording of this step.
    let card: Int
    /// The name of the recording in messages.
    let words: String
    /// The time of the recording in Unix nanoseconds; nil if the recording has no time.
    let recordedAt: Int64?
    /// The messages that the server sends before the client's first message. The times of these messages count from the handshake.
    private(set) var opening = Answer(from: 0)
    /// The messages of the client. Messages with different values of `stream_id` are independent of each other.
    private(set) var lanes: [String: [Step]] = [:]
    /// All identifiers that first appear in messages of the server.
    private(set) var minted: Set<String> = []

    init(_ exchange: RecordedExchange, card: Int, _ matching: CassetteMatching) {
        self.card = card
        words = exchange.words
        recordedAt = exchange.recordedAt
        var seen: Set<String> = []
        var latest: String?
        var isClosed = false
        for (offset, message) in exchange.messages.enumerated() where !isClosed {
            guard message.sender == .server else {
                // The server's socket answers a Close frame by itself, so the messages after it are not needed.
                isClosed = message.isClose
                guard !isClosed else { continue }
                let event = SocketEvent(message.bytes, matching)
                seen.formUnion(event.form?.identifiers ?? [])
                lanes[event.lane, default: []].append(
                    Step(number: offset + 1, event: event, answer: Answer(from: message.at)))
                latest = event.lane
                continue
            }
            isClosed = message.isClose
            let named = SocketEvent.lane(of: message.bytes)
            let lane = lanes[named] == nil ? latest : named
            let new = matching.rigour == .conversation ? IdentifierList.of(message.bytes) : []
            add(.send(message.content), at: message.at, in: lane, new.filter { seen.insert($0).inserted })
        }
        guard !isClosed, let end = exchange.answer?.endAt else { return }
        switch exchange.ending {
        case .closed: add(.end(.fin), at: end, in: latest, [])
        case .reset: add(.end(.reset), at: end, in: latest, [])
        default: break
        }
    }

    /// - Parameter lane: the lane whose latest message of the client led to the action; nil before the client's first message.
    private mutating func add(_ action: Cue.Action, at time: Int64, in lane: String?, _ new: [String]) {
        minted.formUnion(new)
        guard let lane, let last = lanes[lane]?.indices.last else {
            opening.add(action, at: time)
            opening.minted += new
            return
        }
        lanes[lane]?[last].answer.add(action, at: time)
        lanes[lane]?[last].answer.minted += new
    }

    /// All messages of the client, in the order of the recording.
    var steps: [Step] { lanes.values.flatMap(\.self).sorted { $0.number < $1.number } }
}
