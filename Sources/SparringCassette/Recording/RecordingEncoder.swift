import SparringExchange
import SparringWire

/// Encodes the events of one exchange as cassette entries: masked, and as early as possible.
///
/// A stream is written up to its last complete line as it arrives, so that it is not lost if the recording is killed. This is safe, because
/// no masking rule matches across lines. JSON is searched as a whole, and is written at its end. Other bodies are written in pieces of a
/// megabyte.
package struct RecordingEncoder: Sendable {
    /// The unit in which a body is searched for secrets.
    private enum Shape {
        /// An event stream is searched line by line.
        case lines
        /// JSON, and a body in a content coding, is searched as a whole.
        case document
        /// Audio and files are searched in pieces of any size.
        case bulk
    }

    private let redaction: CassetteRedaction
    private let key: FingerprintKey
    private let keepsFailures: Bool
    private var start = Moment(nanoseconds: 0)
    /// The request while its body is being sent. Entries of the answer wait until the request is complete.
    private var draft: RequestDraft?
    private var waiting: [CassetteEntry] = []
    private var head: RecordedAnswer?
    /// The part of the body that is not written yet.
    private var held: [UInt8] = []
    /// The time of each piece that is not written yet, and the piece's end in `held`.
    private var arrivals: [(at: Int64, end: Int)] = []
    private var isMasked = false
    /// Whether `held` is the whole body so far.
    private var isUntouched = true
    /// The number of held bytes at which a bulk body is searched again.
    private var enough = RecordingEncoder.bulk
    private var shape = Shape.document
    private var isOver = false
    /// The encoder of the messages; set once the upstream has accepted a WebSocket.
    private var socket: SocketEncoder?
    /// Whether the client sent bytes before the handshake was answered.
    private var isHasty = false

    package init(redaction: CassetteRedaction, key: FingerprintKey, keepsFailures: Bool) {
        self.redaction = redaction
        self.key = key
        self.keepsFailures = keepsFailures
    }

    package mutating func take(_ event: CassetteEvent) -> [CassetteEntry] {
        guard !isOver else { return [] }
        switch event {
        case .began(let request, let target, let session, let startedAt, let moment):
            start = moment
            draft = RequestDraft(request, target: target, session: session, startedAt: startedAt)
            return request.upload == nil ? finishRequest() : checkedLength()
        case .uploaded(let bytes):
            draft?.body += bytes
            return checkedLength()
        case .uploadEnded: return finishRequest()
        case .head, .body, .sent, .ended:
            let entries = answer(event)
            guard draft != nil else { return entries }
            if isOver {
                return Self.drops(entries) ? entries : drop("it was answered before the whole request was sent")
            }
            waiting += entries
            return []
        }
    }

    private mutating func answer(_ event: CassetteEvent) -> [CassetteEntry] {
        switch event {
        case .began, .uploaded, .uploadEnded: return []
        case .head(let head, let moment): return take(head, at: time(moment))
        case .sent(let bytes, let moment):
            guard socket != nil else {
                isHasty = true
                return []
            }
            return messages(in: bytes, from: .client, at: time(moment))
        case .body(let bytes, let moment) where socket != nil:
            return messages(in: bytes, from: .server, at: time(moment))
        case .body(let bytes, let moment):
            guard held.count + bytes.count <= Self.documentLimit else {
                isOver = true
                return [.dropped(reason: "its answer is larger than \(Self.documentLimit >> 20) MB")]
            }
            held += bytes
            arrivals.append((time(moment), held.count))
            // The body is compressed, although its head names no coding.
            if isUntouched, Packing.isPacked(held) { shape = .document }
            return flushSearchable()
        case .ended(let ending, let moment): return end(ending, at: time(moment))
        }
    }

    private func time(_ moment: Moment) -> Int64 { moment.nanoseconds - start.nanoseconds }

    // MARK: The request

    /// The maximum length of a recorded request body, in bytes. Longer bodies are forwarded but not recorded; a replay server rejects
    /// longer bodies as well.
    static let longestRequest = 32 << 20

    private mutating func finishRequest() -> [CassetteEntry] {
        guard let draft else { return [] }
        guard let request = recorded(draft) else { return drop(SearchedBody.reason("request", of: draft.headers)) }
        self.draft = nil
        defer { waiting = [] }
        return [.request(request, session: redaction.target(draft.session), startedAt: draft.startedAt)] + waiting
    }

    /// Drops a request that is too long, as soon as its length is known.
    private mutating func checkedLength() -> [CassetteEntry] {
        guard let draft, max(draft.body.count, draft.announced) > Self.longestRequest else { return [] }
        return drop("its request is larger than \(Self.longestRequest >> 20) MB")
    }

    private mutating func drop(_ reason: String) -> [CassetteEntry] {
        isOver = true
        (draft, waiting) = (nil, [])
        return [.dropped(reason: reason)]
    }

    private static func drops(_ entries: [CassetteEntry]) -> Bool {
        entries.contains { if case .dropped = $0 { true } else { false } }
    }

    /// Returns nil if the body cannot be searched for secrets.
    private func recorded(_ draft: RequestDraft) -> RecordedRequest? {
        let masked = redaction.target(draft.target)
        guard let (headers, body) = redaction.request(draft.headers, draft.body) else { return nil }
        return RecordedRequest(
            method: draft.method, target: masked, minorVersion: draft.minorVersion, headers: headers, body: body,
            fingerprint: RecordingEncoder.fingerprint(draft.method, draft.target, draft.body, key: key),
            isMasked: masked != draft.target || body != draft.body)
    }

    package static func fingerprint(
        _ method: String, _ target: String, _ body: [UInt8], key: FingerprintKey
    ) -> CassetteFingerprint {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(body.count + target.utf8.count + 16)
        bytes += "\(method) \(target)\n".utf8
        bytes += body
        return key.fingerprint(bytes)
    }

    // MARK: The answer

    private mutating func take(_ came: UpstreamHead, at time: Int64) -> [CassetteEntry] {
        let recorded = RecordedAnswer(
            status: came.status, minorVersion: came.minorVersion, reason: Redaction.text(came.reason),
            headers: redaction.headers(came.headers), headAt: time)
        head = recorded
        if came.status == 101 {
            guard !isHasty else { return drop("its client sent bytes before its handshake was answered") }
            socket = SocketEncoder(redaction)
        }
        let isPlain = ContentCoding.list(came.headers).isEmpty
        let type = came.headers["content-type"]?.lowercased() ?? ""
        shape = !isPlain || type.contains("json") ? .document : type.hasPrefix("text/event-stream") ? .lines : .bulk
        return [.head(recorded)]
    }

    private mutating func messages(
        in bytes: [UInt8], from sender: RecordedMessage.Sender, at time: Int64
    ) -> [CassetteEntry] {
        do throws(UnsearchableBody) {
            return try socket?.take(bytes, from: sender, at: time) ?? []
        } catch {
            return drop("\(error)")
        }
    }

    /// Writes the held bytes that can be searched for secrets without knowing the bytes after them.
    private mutating func flushSearchable() -> [CassetteEntry] {
        switch shape {
        case .document: return []
        case .lines:
            let end = (held.lastIndex(of: 0x0A) ?? -1) + 1
            return end > 0 ? flush(upTo: end, edits(of: Array(held[..<end]))) : []
        case .bulk:
            guard held.count > enough else { return [] }
            // A secret may continue after the end of the held bytes.
            let end = edits(of: held).cut(at: held.count - Self.context, context: Self.context)
            enough = end > 0 ? Self.bulk : 2 * held.count
            return end > 0 ? flush(upTo: end, edits(of: Array(held[..<end]))) : []
        }
    }

    private func edits(of bytes: [UInt8]) -> Edits { redaction.edits(of: bytes, type: head?.headers["content-type"]) }

    /// The maximum length of a secret, including its name, in bytes.
    private static let context = 8 << 10
    private static let bulk = 1 << 20
    /// The maximum size of a body that is held as a whole; larger bodies are not recorded.
    private static let documentLimit = 128 << 20

    /// Writes a number of held bytes, from the first one on.
    /// - Parameter edits: the edits that mask these bytes.
    private mutating func flush(upTo end: Int, _ edits: Edits) -> [CassetteEntry] {
        guard end > 0 else { return [] }
        isUntouched = false
        let bytes = Array(held[..<end])
        // A piece that is cut at this place becomes two pieces with the same time.
        var ends = arrivals.map { min($0.end, end) }
        let times = arrivals.map(\.at)
        let done = arrivals.prefix { $0.end <= end }.count
        let isCut = (done > 0 ? arrivals[done - 1].end : 0) < end
        ends = Array(ends.prefix(done + (isCut ? 1 : 0)))
        var last = 0
        let pieces = zip(times, edits.moved(ends)).map { time, end in
            defer { last = end }
            return RecordedPiece(at: time, count: end - last)
        }
        held.removeFirst(end)
        arrivals = arrivals.dropFirst(done).map { ($0.at, $0.end - end) }
        isMasked = isMasked || !edits.isEmpty
        return [.part(edits.applied(to: bytes), pieces)]
    }

    private mutating func end(_ ending: RecordedEnding, at time: Int64) -> [CassetteEntry] {
        isOver = true
        var ending = ending
        if let socket {
            // Whether a socket has broken off depends on its Close frame, not on the end of its connection.
            if socket.isClosed { ending = .complete } else if ending == .complete { ending = .closed }
            isMasked = socket.isMasked
        }
        guard keepsFailures || (ending.isWhole && (head?.status ?? 599) < 400) else { return [.dropped(reason: nil)] }
        var entries: [CassetteEntry] = []
        if let head, isUntouched, !ContentCoding.list(head.headers).isEmpty || Packing.isPacked(held) {
            switch redaction.searched(held, head.headers) {
            case .closed: return [.dropped(reason: SearchedBody.reason("answer", of: head.headers))]
            case .clean: break
            case .masked(let body, let isDecoded): entries.append(.head(replaceHeld(head, by: body, isDecoded)))
            }
            entries += flush(upTo: held.count, Edits())
        } else {
            entries += flush(upTo: held.count, edits(of: held))
        }
        entries.append(.ending(ending, at: time, isMasked: isMasked))
        return entries
    }

    /// Replaces a body in which a secret was masked. The body is then recorded in decoded form, as one piece.
    private mutating func replaceHeld(_ head: RecordedAnswer, by body: [UInt8], _ isDecoded: Bool) -> RecordedAnswer {
        held = body
        arrivals = [(arrivals.last?.at ?? head.headAt, body.count)]
        isMasked = true
        var plain = head
        if isDecoded { plain.headers = head.headers.decoded(length: body.count) }
        return plain
    }
}
