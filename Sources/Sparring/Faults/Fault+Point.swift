import SparringWire

extension MockScenario.Fault {
    /// The point in an answer where a fault is applied.
    public struct Point: Sendable {
        let point: SparringWire.Fault.Point

        /// Before the first byte of the head.
        public static let start = Point(point: .start)

        /// After the head.
        public static let head = Point(point: .head)

        /// After this many bytes of the head, including its status line.
        public static func headByte(_ count: Int) -> Point { Point(point: .headByte(count)) }

        /// Before the first content of a stream.
        public static let firstContent = Point(point: .firstContent)

        /// Before the event that ends a stream.
        public static let done = Point(point: .done)

        /// Directly after this many events of a stream, including the first chunk with the role; or `bytes` bytes
        /// later.
        public static func event(_ count: Int, plus bytes: Int = 0) -> Point {
            Point(point: .event(count, plus: bytes))
        }

        /// Directly after this many events with content; or `bytes` bytes later.
        public static func content(_ count: Int, plus bytes: Int = 0) -> Point {
            Point(point: .content(count, plus: bytes))
        }

        /// After the event with the token of this number.
        public static func token(_ count: Int) -> Point { Point(point: .token(count)) }

        /// After this many bytes of the body, counted before framing.
        public static func byte(_ count: Int) -> Point { Point(point: .byte(count)) }

        /// When `duration` has passed since the head was due.
        public static func elapsed(_ duration: Duration) -> Point { Point(point: .elapsed(duration)) }

        /// After the last byte of the answer.
        public static let end = Point(point: .end)
    }
}

extension SparringWire.Fault.Point {
    /// Whether the grammar accepts the point's numbers.
    var isInRange: Bool {
        switch self {
        case .event(let count, let plus), .content(let count, let plus):
            count >= 0 && (0...1_000_000_000).contains(plus)
        case .headByte(let count), .token(let count), .byte(let count): count >= 0
        case .elapsed(let duration): duration >= .zero
        case .start, .head, .firstContent, .done, .end, .connection, .requestHead: true
        }
    }
}
