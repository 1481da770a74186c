/// How fast bytes leave, whatever the stream's own pace is.
struct Rhythm: Sendable, Hashable {
    /// At most so many bytes go out in one piece; 0: as many as there are.
    var pieceBytes = 0
    /// Between two pieces.
    var gap = Duration.zero
    /// Before each event, beside the stream's own pace.
    var delay = Duration.zero
    /// So many events of content come at once, as late as the last of them would have come.
    var burst = 1

    /// Holds for the head alone.
    var endsWithHead = false

    init() {}

    init(_ edit: (FaultArguments, inout Rhythm) -> Void, _ arguments: FaultArguments) { edit(arguments, &self) }

    /// A slow line: up to twenty pieces a second, fewer where a piece would be less than a byte.
    mutating func dribble(bytesPerSecond rate: Int) {
        pieceBytes = max(1, rate / 20)
        gap = .nanoseconds(1_000_000_000 / rate * pieceBytes)
    }
}
