/// A row of the table of faults: name, parameters, allowed points and help.
///
/// The layer that applies the fault stores the edit together with the row: as a `WireFault` in this module, or as a `PayloadFault` in
/// `SparringAPI`.
package struct FaultKind: Sendable, Hashable {
    package var name: String
    package var layer: FaultLayer
    package var points: FaultPoints
    /// The default point.
    package var usual: Fault.Point
    package var parameters: [FaultParameter]
    /// One line of help.
    package var help: String
    /// The ending; set only for faults of `end:`.
    package var ending: Ending?
    /// True if the fault needs a TLS connection.
    package var needsTLS: Bool
    /// The major HTTP version that the fault needs; nil if any version will do.
    package var major: Int?
    /// True if the fault needs an answer on a WebSocket.
    package var needsSocket: Bool

    package init(
        _ name: String, _ layer: FaultLayer, at points: FaultPoints, usually usual: Fault.Point,
        takes parameters: [FaultParameter] = [], ending: Ending? = nil, needsTLS: Bool = false,
        major: Int? = nil, needsSocket: Bool = false, _ help: String
    ) {
        self.name = name
        self.layer = layer
        self.points = points
        self.usual = usual
        self.parameters = parameters
        self.help = help
        self.ending = ending
        self.needsTLS = needsTLS
        self.major = major
        self.needsSocket = needsSocket
    }

    /// The fault by its name alone.
    package var example: Fault {
        Fault(at: usual, ending.map { .ending($0) } ?? .action(Fault.Action(self)))
    }
}

/// The layers of an answer, in the order in which the answer passes them. Faults strike in this order.
package enum FaultLayer: Int, Sendable, Hashable, Comparable, CaseIterable {
    /// Before any answer: the faults of a listener.
    case connection
    /// Between a request's head and its body.
    case request
    /// The content of the model's answer.
    case meaning
    /// The API's answer: status, events, JSON.
    case payload
    /// The notation of events.
    case sse
    case coding
    /// Head, length, chunks.
    case framing
    case pace
    case ending

    package static func < (a: FaultLayer, b: FaultLayer) -> Bool { a.rawValue < b.rawValue }
}

/// The points that a fault allows.
package struct FaultPoints: OptionSet, Sendable, Hashable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    package static let start = FaultPoints(rawValue: 1)
    package static let head = FaultPoints(rawValue: 2)
    package static let insideHead = FaultPoints(rawValue: 4)
    /// `first_content`, `done`, `event N`, `content N`, `token N`: between two events.
    package static let events = FaultPoints(rawValue: 8)
    /// `byte N` and `event N + M bytes`.
    package static let bytes = FaultPoints(rawValue: 16)
    package static let elapsed = FaultPoints(rawValue: 32)
    package static let end = FaultPoints(rawValue: 64)

    /// Before a request.
    package static let connection = FaultPoints(rawValue: 128)
    /// The point after a request's head and before its body.
    package static let requestHead = FaultPoints(rawValue: 256)

    package static let betweenEvents: FaultPoints = [.start, .head, .events]
    package static let anywhere: FaultPoints = [.start, .head, .insideHead, .events, .bytes, .elapsed, .end]

    /// True if the set contains the point.
    package func admits(_ point: Fault.Point) -> Bool {
        switch point {
        case .start: contains(.start)
        case .headByte: contains(.insideHead)
        case .head: contains(.head)
        case .event(_, plus: 0), .content(_, plus: 0), .token, .firstContent, .done: contains(.events)
        case .event, .content, .byte: contains(.bytes)
        case .elapsed: contains(.elapsed)
        case .end: contains(.end)
        case .connection: contains(.connection)
        case .requestHead: contains(.requestHead)
        }
    }

    /// The points as they are written in the scenario grammar.
    package var words: [String] {
        let all: [(FaultPoints, [String])] = [
            (.start, ["start"]), (.insideHead, ["head byte N"]), (.head, ["head"]),
            (.events, ["first_content", "done", "event N", "content N", "token N"]),
            (.bytes, ["byte N", "event N + M bytes"]), (.elapsed, ["elapsed DURATION"]), (.end, ["end"]),
            (.connection, ["connection"]), (.requestHead, ["request head"]),
        ]
        return all.filter { contains($0.0) }.flatMap(\.1)
    }
}
