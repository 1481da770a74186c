/// A wound, written down: where in the answer, and what happens there.
///
/// Faults that edit the meaning or the payload are applied to events by `SparringAPI`; the rest are edits of bytes, framing, pace
/// and ending, applied while the wire script is written.
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

    /// Where. `event(3)` is just after three dispatched events, the role chunk included; `byte(713)` is after 713 bytes of the
    /// body, before framing; `start` is before the first byte of the head, `end` after the last byte of the answer.
    package enum Point: Sendable, Hashable {
        case start
        /// After that many bytes of the head, its status line included.
        case headByte(Int)
        case head
        case firstContent
        case done
        case event(Int, plus: Int = 0)
        case content(Int, plus: Int = 0)
        case token(Int)
        case byte(Int)
        /// That long after the head was due.
        case elapsed(Duration)
        case end
        /// Before the first request; of faults that belong to a listener.
        case connection
        /// When the request's head has been read and its body has not.
        case requestHead
    }

    /// A row of the table of faults, with what was said of it. Whoever applies it looks the row up by its name.
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

/// The rhythm of a stream: when its first content is due after the head, and the time between content events after it.
package struct Pace: Sendable, Hashable {
    package var first: Duration?
    package var every: Duration?
    /// How they scatter about these, where they do.
    package var firstShape: PaceShape?
    package var everyShape: PaceShape?
    /// Of the draws.
    package var seed: UInt64 = 0

    package init(first: Duration? = nil, every: Duration? = nil) {
        self.first = first
        self.every = every
    }

    package static let none = Pace()

    /// The same with its first time drawn, and a seed for those that follow.
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

    /// The times between pieces of content; nil where they are all the same.
    package var draws: PaceDraws? {
        guard let every, let everyShape else { return nil }
        return PaceDraws(mean: every, shape: everyShape, seed: seed)
    }
}
