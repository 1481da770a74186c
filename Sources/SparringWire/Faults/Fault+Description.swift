/// Faults in the scenario grammar, for reports.
extension Fault: CustomStringConvertible {
    package var description: String { "at \(point): \(effect)" }
}

extension Fault.Point: CustomStringConvertible {
    package var description: String {
        switch self {
        case .start: "start"
        case .headByte(let n): "head byte \(n)"
        case .head: "head"
        case .firstContent: "first_content"
        case .done: "done"
        case .event(let n, let plus): "event \(n)" + (plus == 0 ? "" : " + \(plus) bytes")
        case .content(let n, let plus): "content \(n)" + (plus == 0 ? "" : " + \(plus) bytes")
        case .token(let n): "token \(n)"
        case .byte(let n): "byte \(n)"
        case .elapsed(let duration): "elapsed \(duration.words)"
        case .end: "end"
        case .connection: "connection"
        case .requestHead: "request head"
        }
    }
}

extension Fault.Effect: CustomStringConvertible {
    package var description: String {
        switch self {
        case .action(let action): action.description
        case .ending(let ending): ending.description
        }
    }
}

extension Fault.Action: CustomStringConvertible {
    package var description: String { ([name] + arguments.values.map(\.description)).joined(separator: " ") }
}

extension Ending: CustomStringConvertible {
    package var description: String {
        switch self {
        case .keepAlive: "keep_alive"
        case .fin: "fin"
        case .halfClose: "half_close"
        case .reset: "reset"
        case .cut: "cut"
        case .stream(let code): "stream \(code)"
        case .hang(nil): "hang"
        case .hang(let duration?): "hang \(duration.words)"
        }
    }
}

extension ConnectionFrames: CustomStringConvertible {
    package var description: String {
        switch self {
        case .goAway(let last, let code): "goaway \(last.rawValue) \(code.rawValue)"
        case .settings(let count): "\(count) × settings"
        case .pings(let count): "\(count) × ping"
        case .silence(let silence): "no \(silence.rawValue)"
        }
    }
}

extension Ending {
    /// Parses a text in the form of `description`, with times to the millisecond.
    package init?(words: some StringProtocol) {
        let parts = words.split(separator: " ")
        switch (parts.first, parts.dropFirst().first) {
        case ("keep_alive", nil): self = .keepAlive
        case ("fin", nil): self = .fin
        case ("half_close", nil): self = .halfClose
        case ("reset", nil): self = .reset
        case ("cut", nil): self = .cut
        case ("stream", let code?):
            guard let code = UInt32(code) else { return nil }
            self = .stream(code)
        case ("hang", nil): self = .hang(nil)
        case ("hang", let duration?):
            guard let duration = Duration(words: duration) else { return nil }
            self = .hang(duration)
        default: return nil
        }
    }
}

extension Duration {
    /// Parses `words`: `5s`, `250ms`, `1.5s`.
    package init?(words: some StringProtocol) {
        let isMilliseconds = words.hasSuffix("ms")
        guard words.hasSuffix("s"), let number = Double(words.dropLast(isMilliseconds ? 2 : 1)), number >= 0 else {
            return nil
        }
        self = .milliseconds(Int64((number * (isMilliseconds ? 1 : 1000)).rounded()))
    }

    /// `5s`, `250ms`, `1.5s`, as in the grammar.
    package var words: String {
        let (seconds, attoseconds) = components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        if milliseconds.isMultiple(of: 1000) { return "\(milliseconds / 1000)s" }
        if milliseconds < 1000 { return "\(milliseconds)ms" }
        return "\(Double(milliseconds) / 1000)s"
    }
}
