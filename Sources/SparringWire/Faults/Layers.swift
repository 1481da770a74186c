/// The changes that faults have made to the layers of one answer, up to the writer's current point.
struct Layers {
    var style = EventStyle()
    /// The notation of the next event only.
    var nextStyle: EventStyle?
    /// The frames of the next message of a WebSocket only.
    var nextFrames: SocketFrameStyle?
    var coding: BodyCoding?
    var framing = Framing()
    var rhythm: Rhythm?
    /// Edits for the head, which has not been written yet.
    var headEdits:
        [(id: FaultID, arguments: FaultArguments, edit: @Sendable (FaultArguments, inout HeadLines) -> String?)] =
            []
    /// True if the end of the connection is the only sign of the body's end.
    var closes = false
    /// Faults that take effect with the next bytes.
    var struck: [FaultID] = []
    /// Faults that take effect with the last bytes.
    var struckAtEnd: [FaultID] = []
    /// The number of remaining events of a burst.
    private var burstLeft = 0

    mutating func apply(_ edit: WireFault.Edit, _ arguments: FaultArguments, _ id: FaultID) {
        switch edit {
        case .head(let edit): headEdits.append((id, arguments, edit))
        case .coding(let make):
            let coding = make(arguments)
            self.coding = coding
            headEdits.append(
                (
                    id, arguments,
                    { _, head in
                        head["content-encoding"] = coding.name
                        return nil
                    }
                ))
        case .style(let edit):
            edit(arguments, &style)
            if var style = nextStyle {
                edit(arguments, &style)
                nextStyle = style
            }
        case .nextEvent(let edit):
            var next = nextStyle ?? style
            edit(arguments, &next)
            nextStyle = next
        case .nextMessage(let edit):
            var next = nextFrames ?? SocketFrameStyle()
            edit(arguments, &next)
            nextFrames = next
        case .nextChunk(let edit), .lastChunk(let edit): edit(arguments, &framing)
        case .rhythm(let edit):
            var changed = rhythm ?? Rhythm()
            edit(arguments, &changed)
            rhythm = changed
        case .insertion, .controlFrames, .close, .pause, .split, .steps, .ending: break
        }
    }

    mutating func takeStyle() -> EventStyle {
        defer { nextStyle = nil }
        return nextStyle ?? style
    }

    mutating func takeFrameStyle() -> SocketFrameStyle {
        defer { nextFrames = nil }
        return nextFrames ?? SocketFrameStyle()
    }

    mutating func takeStruck() -> [FaultID] {
        defer { struck = [] }
        return struck
    }

    mutating func takeStruckAtEnd() -> [FaultID] {
        defer { struckAtEnd = [] }
        return struckAtEnd
    }

    /// The pause before a content event. The first event of a burst waits for the whole burst.
    mutating func due(_ pause: Duration?, every: Duration?) -> Duration? {
        guard let burst = rhythm?.burst, burst > 1 else { return pause }
        guard burstLeft == 0 else {
            burstLeft -= 1
            return nil
        }
        burstLeft = burst - 1
        return (pause ?? .zero) + (every ?? .zero) * burstLeft
    }
}
