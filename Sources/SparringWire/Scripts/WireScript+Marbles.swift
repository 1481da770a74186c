/// A script as a line that people read, with one mark for each thing that the client observes:
///
///     H d·d·dD.      head, events with pauses between, [DONE], and the connection continues
///     Hdd X          head, two events, reset
///
/// `H` head · `d` event · `D` `[DONE]` or the last chunk · `b` bytes that complete no event · `·` a pause of up to 10 ms,
/// longer ones as `(300ms)` · `!` a fault takes effect · `‖` a breakpoint · `.` the connection continues · `|` FIN · `(` half-close · `X` RST
/// · `…` hang. In HTTP/2 `R` RST_STREAM · `G` GOAWAY · `S×3` three SETTINGS · `P×3` three PING. On a WebSocket `~` silence.
extension WireScript {
    package var marbles: String {
        var line = MarbleLine()
        for step in steps {
            switch step {
            case .write(_, let mark):
                // A short answer is sent in one piece: the mark stands for the last byte of the piece, which includes the head.
                if mark == .done, line.isEmpty { line.add("H") }
                line.add(mark.map(Self.symbol) ?? "b")
            case .pause(let duration): line.add(duration <= .milliseconds(10) ? "·" : "(\(duration.words))")
            case .fault: line.add("!")
            case .hold: line.add("‖")
            case .end(let ending): line.add(Self.symbol(ending))
            case .frames(let frames): line.add(Self.symbol(frames))
            case .flush, .await, .read, .interim: break
            }
        }
        return line.text
    }

    private static func symbol(_ mark: Mark) -> String {
        switch mark {
        case .head: "H"
        case .event, .content: "d"
        case .done: "D"
        case .piece: "b"
        }
    }

    private static func symbol(_ frames: ConnectionFrames) -> String {
        switch frames {
        case .goAway: "G"
        case .settings(let count): "S×\(count)"
        case .pings(let count): "P×\(count)"
        case .silence: "~"
        }
    }

    private static func symbol(_ ending: Ending) -> String {
        switch ending {
        case .keepAlive: "."
        case .fin: "|"
        case .halfClose: "("
        case .reset: "X"
        case .cut: "x"
        case .stream: "R"
        case .hang(nil): "…"
        case .hang(let duration?): "…\(duration.words)|"
        }
    }
}

/// Compresses repetitions, so that a stream of a thousand events fits on a line: `d·` a hundred times is `d·×100`.
private struct MarbleLine {
    private var symbols: [String] = []

    var isEmpty: Bool { symbols.isEmpty }

    mutating func add(_ symbol: String) { symbols.append(symbol) }

    var text: String {
        var text = ""
        var index = 0
        while index < symbols.count {
            let period = (1...2).max { repeats(at: index, period: $0) * $0 < repeats(at: index, period: $1) * $1 } ?? 1
            let count = repeats(at: index, period: period)
            let unit = symbols[index..<min(index + period, symbols.count)].joined()
            if count > 4 {
                text += "\(unit)×\(count)"
                index += count * period
            } else {
                text += symbols[index]
                index += 1
            }
        }
        return text
    }

    /// Number of consecutive repetitions of the next `period` symbols.
    private func repeats(at start: Int, period: Int) -> Int {
        guard start + period <= symbols.count else { return 0 }
        var count = 1
        while start + (count + 1) * period <= symbols.count,
            symbols[start..<(start + period)] == symbols[(start + count * period)..<(start + (count + 1) * period)]
        { count += 1 }
        return count
    }
}
