/// Faults that change when bytes are sent, and in which pieces.
extension MockScenario.Fault {
    /// Sends nothing for a while, then continues. The default point is `event 2`.
    public static func stall(_ duration: Duration = .seconds(1), at point: Point? = nil) -> Self {
        named("stall", [.duration(duration)], at: point)
    }

    /// Delays every event from here on, counted from the one before it. The default point is `head`.
    public static func delay(_ duration: Duration = .milliseconds(100), at point: Point? = nil) -> Self {
        named("delay", [.duration(duration)], at: point)
    }

    /// Sends at most this many bytes a second from here on. The default point is `head`.
    public static func dribble(bytesPerSecond rate: Int = 2000, at point: Point? = nil) -> Self {
        named("dribble", [.rate(rate)], at: point)
    }

    /// HTTP/1: sends the head at this many bytes a second.
    public static func slowHead(bytesPerSecond rate: Int = 4000) -> Self { named("slow_head", [.rate(rate)]) }

    /// Sends `count` events of content together, 2 to 100000, when the last of them is due. The stream needs a pace. The default point is
    /// `head`.
    public static func burst(_ count: Int = 5, at point: Point? = nil) -> Self {
        named("burst", [.integer(count)], at: point)
    }

    /// Writes each byte separately from here on. The default point is `head`.
    public static func byteByByte(at point: Point? = nil) -> Self { named("byte_by_byte", at: point) }

    /// The client receives the bytes before this point and those after it in two reads. The default point is `event 2 + 20
    /// bytes`.
    public static func split(pause: Duration = .milliseconds(20), at point: Point? = nil) -> Self {
        named("split", [.duration(pause)], at: point)
    }

    /// Causes two reads, with the cut inside the next character of several bytes. The default point is `start`.
    public static func splitCodePoint(pause: Duration = .milliseconds(20), at point: Point? = nil) -> Self {
        named("split_code_point", [.duration(pause)], at: point)
    }

    /// Causes two reads, with the cut inside the next JSON escape. ``asciiEscapes(at:)`` creates escapes. The default point is `start`.
    public static func splitEscape(pause: Duration = .milliseconds(20), at point: Point? = nil) -> Self {
        named("split_escape", [.duration(pause)], at: point)
    }

    /// Causes two reads, with the cut between the next two escapes that form one character. ``asciiEscapes(at:)``
    /// creates escapes. The default point is `start`.
    public static func splitPair(pause: Duration = .milliseconds(20), at point: Point? = nil) -> Self {
        named("split_pair", [.duration(pause)], at: point)
    }

    /// Causes two reads, with the cut between the next CR and its LF in the body. ``lineEnd(_:at:)`` creates such ends.
    /// The default point is `start`.
    public static func splitLineEnd(pause: Duration = .milliseconds(20), at point: Point? = nil) -> Self {
        named("split_line_end", [.duration(pause)], at: point)
    }
}
