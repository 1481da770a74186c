/// A fault: a point in the answer, and its effect there.
///
/// `SparringAPI` applies faults of meaning and payload to events; the other faults edit bytes, framing, pace and ending while the wire
/// script is written.
package struct Fault: Sendable, Hashable {
    package var point: Point
    package var effect: Effect

    package init(at point: Point, _ effect: Effect) {
        self.point = point
        self.effect = effect
    }

    package enum Effect: Sendable, Hashable {
        case action(Action)
        case ending(Ending)
    }

    /// The point of a fault. `event(3)` is directly after three dispatched events, including the role chunk. `byte(713)` is after 713 bytes
    /// of the body, before framing. `start` is before the first byte of the head, and `end` is after the last byte of the answer.
    package enum Point: Sendable, Hashable {
        case start
        /// The point after that many bytes of the head, including its status line.
        case headByte(Int)
        case head
        case firstContent
        case done
        case event(Int, plus: Int = 0)
        case content(Int, plus: Int = 0)
        case token(Int)
        case byte(Int)
        /// A point in time: that long after the head was due.
        case elapsed(Duration)
        case end
        /// The point before the first request, for faults of listeners.
        case connection
        /// The point after the request's head and before its body.
        case requestHead
    }

    /// A fault's name in the table, with its arguments. The code that applies the fault looks up the row by this name.
    package struct Action: Sendable, Hashable {
        package var name: String
        package var layer: FaultLayer
        package var arguments: FaultArguments

        package init(_ kind: FaultKind, _ arguments: [FaultValue]? = nil) {
            name = kind.name
            layer = kind.layer
            self.arguments = FaultArguments(kind, arguments ?? kind.parameters.compactMap(\.usual))
        }
    }

    /// The error object of an in-band error event.
    package struct InBandError: Sendable, Hashable {
        package var type: String
        package var code: String?
        package var message: String
        package var param: String?

        package init(type: String, code: String?, message: String, param: String? = nil) {
            self.type = type
            self.code = code
            self.message = message
            self.param = param
        }
    }
}

/// The pace of a stream: the delay of the first content after the head, and the time between content events.
package struct Pace: Sendable, Hashable {
    package var first: Duration?
    package var every: Duration?
    /// The distribution of each time; nil for constant times.
    package var firstShape: PaceShape?
    package var everyShape: PaceShape?
    /// The seed of the draws.
    package var seed: UInt64 = 0

    package init(first: Duration? = nil, every: Duration? = nil) {
        self.first = first
        self.every = every
    }

    package static let none = Pace()

    /// The pace with its first time drawn, and a seed for the other times.
    package func drawn(seed: UInt64) -> Pace {
        var pace = self
        pace.seed = seed
        if let first, let firstShape {
            var draws = PaceDraws(mean: first, shape: firstShape, seed: ~seed)
            pace.first = draws.next()
            pace.firstShape = nil
        }
        return pace
    }

    /// Draws the times between content events; nil if they are constant.
    package var draws: PaceDraws? {
        guard let every, let everyShape else { return nil }
        return PaceDraws(mean: every, shape: everyShape, seed: seed)
    }
}
