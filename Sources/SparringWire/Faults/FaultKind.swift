/// A row of the table of faults: what can be ordered, where it may stand, and what a person should know of it.
///
/// The edit itself is kept beside the row by the layer that makes it: `WireFault` here, `PayloadFault` in `SparringAPI`.
package struct FaultKind: Sendable, Hashable {
    package var name: String
    package var layer: FaultLayer
    package var points: FaultPoints
    /// Where it strikes unless it is told.
    package var usual: Fault.Point
    package var parameters: [FaultParameter]
    /// A line for people.
    package var help: String
    /// Set for what `end:` takes.
    package var ending: Ending?
    /// Whether a connection without TLS has nothing that could be broken so.
    package var needsTLS: Bool
    /// The major version of HTTP that has what could be broken so; nil: both have it.
    package var major: Int?

    package init(
        _ name: String, _ layer: FaultLayer, at points: FaultPoints, usually usual: Fault.Point,
        takes parameters: [FaultParameter] = [], ending: Ending? = nil, needsTLS: Bool = false,
        major: Int? = nil, _ help: String
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
    }

    /// The fault that its name alone orders.
    package var example: Fault {
        Fault(at: usual, ending.map { .ending($0) } ?? .action(Fault.Action(self)))
    }
}

/// The layers that an answer passes on its way to the wire, in this order. Faults strike in the same order.
package enum FaultLayer: Int, Sendable, Hashable, Comparable, CaseIterable {
    /// Before any answer: what a listener does to those who connect.
    case connection
    /// Between a request's head and its body.
    case request
    /// What the model says.
    case meaning
    /// What the API makes of it: status, events, JSON.
    case payload
    /// How events are written down.
    case sse
    case coding
    /// Head, length, chunks.
    case framing
    case pace
    case ending

    package static func < (a: FaultLayer, b: FaultLayer) -> Bool { a.rawValue < b.rawValue }
}

/// The points that make sense to a fault.
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

    /// Before there is a request.
    package static let connection = FaultPoints(rawValue: 128)
    /// When its head has been read and its body has not.
    package static let requestHead = FaultPoints(rawValue: 256)

    package static let betweenEvents: FaultPoints = [.start, .head, .events]
    package static let anywhere: FaultPoints = [.start, .head, .insideHead, .events, .bytes, .elapsed, .end]

    /// Whether the point is one of them.
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

    /// In the words of the grammar.
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
