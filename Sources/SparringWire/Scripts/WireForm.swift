/// How an answer is sent. The form decides which faults can change the answer.
struct WireForm: Sendable {
    let version: HTTPVersion
    let isChunked: Bool
    /// True if events are messages of a WebSocket.
    let isSocket: Bool
    let hasHead: Bool
    /// True if there is a time between two pieces of content.
    let isPaced: Bool
    /// True if the body is one piece, not events.
    var isWhole = false

    static let notAStream = "the answer is a whole body, not a stream"

    /// The reason why the fault cannot change an answer of this form; nil if it can.
    func obstacle(to fault: WireFault, _ arguments: FaultArguments) -> String? {
        if let major = fault.kind.major, major != version.major { return "the client speaks \(version.words)" }
        return carrierObstacle(to: fault) ?? bodyObstacle(to: fault.edit, arguments)
    }

    private func carrierObstacle(to fault: WireFault) -> String? {
        guard !fault.kind.needsSocket else { return isSocket ? nil : "the answer is not sent over a WebSocket" }
        guard isSocket else { return nil }
        return switch fault.edit {
        case .coding, .style, .nextEvent, .insertion, .nextChunk, .lastChunk: "the answer is sent as WebSocket frames"
        case .head: hasHead ? nil : "the answer has no head"
        default: nil
        }
    }

    private func bodyObstacle(to edit: WireFault.Edit, _ arguments: FaultArguments) -> String? {
        switch edit {
        case .style, .nextEvent, .insertion: isWhole ? Self.notAStream : nil
        case .nextChunk, .lastChunk: isChunked ? nil : "the body is not chunked"
        case .rhythm(let edit) where !isPaced:
            // Events with no time between them are sent together anyway.
            Rhythm(edit, arguments).burst > 1 ? "the stream has no pace: add `stream: { every: … }`" : nil
        default: nil
        }
    }
}
