package import SparringExchange
import SparringWire

/// The answer that a client received from a gateway for one request, with the time of each read.
package struct GatewayAnswer: Sendable {
    package var sentAt: Moment
    /// Nil if no head arrived.
    package var head: UpstreamHead?
    package var headAt: Moment?
    /// The bytes of the body as they arrived, without framing.
    package var pieces: [Piece]
    package var ending: Ending
    package var endedAt: Moment

    package struct Piece: Sendable, Hashable {
        package var at: Moment
        package var bytes: [UInt8]

        package init(at: Moment, bytes: [UInt8]) {
            self.at = at
            self.bytes = bytes
        }
    }

    package enum Ending: Sendable, Hashable {
        /// The answer is complete by the rules of HTTP.
        case complete
        /// The connection failed or closed before the end, with the reason.
        case broken(String)
        /// The client disconnected, because the case requires it.
        case left
        /// The answer did not end within the time of the case.
        case expired

        package var words: String {
            switch self {
            case .complete: "complete"
            case .broken(let reason): "broke off: \(reason)"
            case .left: "the client left"
            case .expired: "it did not end within the time of the case"
            }
        }
    }

    package init(
        sentAt: Moment, head: UpstreamHead? = nil, headAt: Moment? = nil, pieces: [Piece] = [],
        ending: Ending = .complete, endedAt: Moment
    ) {
        self.sentAt = sentAt
        self.head = head
        self.headAt = headAt
        self.pieces = pieces
        self.ending = ending
        self.endedAt = endedAt
    }

    package var status: Int? { head?.status }
    package var bytes: [UInt8] { pieces.flatMap(\.bytes) }
    package var isEventStream: Bool { head?.headers["content-type"]?.hasPrefix("text/event-stream") ?? false }

    /// The status and the ending of the answer, for people: `200, complete`.
    package var words: String { "\(status.map(String.init) ?? "no status"), \(ending.words)" }
}
