/// The speed at which bytes are sent, in addition to the stream's pace.
struct Rhythm: Sendable, Hashable {
    /// The maximum number of bytes in one piece; 0 for no limit.
    var pieceBytes = 0
    /// Between two pieces.
    var gap = Duration.zero
    /// The delay before each event, in addition to the stream's pace.
    var delay = Duration.zero
    /// The number of content events that are sent together, when the last of them is due.
    var burst = 1

    /// True if the speed applies only to the head.
    var endsWithHead = false

    init() {}

    init(_ edit: (FaultArguments, inout Rhythm) -> Void, _ arguments: FaultArguments) { edit(arguments, &self) }

    /// Simulates a slow line: up to twenty pieces a second, fewer if a piece would be less than a byte.
    mutating func dribble(bytesPerSecond rate: Int) {
        pieceBytes = max(1, rate / 20)
        gap = .nanoseconds(1_000_000_000 / rate * pieceBytes)
    }
}
