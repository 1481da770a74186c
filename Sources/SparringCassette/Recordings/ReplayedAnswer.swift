import SparringJSON
import SparringWire

/// Converts a recorded answer to an `Answer`, so that a scenario can apply faults and another pace.
struct ReplayedAnswer {
    let exchange: RecordedExchange
    /// The factor by which pauses are multiplied.
    let timeScale: Double

    /// Returns nil if there was no answer, or if its stream has fields that a list of events cannot represent.
    ///
    /// The events contain the timing of a stream, in whole milliseconds. Comments in the stream are left out.
    func value() -> (Answer, pace: Pace)? {
        guard let recorded = exchange.answer else { return nil }
        var headers = Forwarding.headers(recorded.headers)
        headers["content-length"] = nil
        let plain = recorded.plainBody
        if plain != recorded.body { headers["content-encoding"] = nil }
        var answer = Answer(status: recorded.status, headers: headers)
        guard recorded.isStream else {
            answer.body = plain.isEmpty ? .none : .whole(plain)
            let wait = Double(recorded.pieces.last?.at ?? recorded.headAt) * timeScale
            return (answer, wait >= 1 ? Pace(first: .nanoseconds(Int64(wait))) : .none)
        }
        guard let events = events(of: plain, recorded) else { return nil }
        answer.body = .events(events)
        return (answer, .none)
    }

    private func events(of body: [UInt8], _ recorded: RecordedAnswer) -> [Event]? {
        var events: [Event] = []
        var (start, due): (Int, Int64) = (0, 0)
        let times = body.count == recorded.body.count ? recorded.pieces : []
        var (pieces, reached, time) = (times[...], 0, recorded.headAt)
        for end in Self.ends(of: body) {
            while reached < end, let piece = pieces.popFirst() {
                reached += piece.count
                time = piece.at
            }
            defer { start = end }
            switch Self.event(body[start..<end]) {
            case .comment: continue
            case .strange: return nil
            case .event(var event):
                // Each pause is the difference of two rounded times, so that rounding errors do not add up.
                let now = Int64(Double(time) * timeScale) / 1_000_000
                event.pause = .milliseconds(max(0, now - due))
                due = max(due, now)
                events.append(event)
            }
        }
        return start == body.count ? events : nil
    }

    /// Returns the position after each blank line.
    private static func ends(of body: [UInt8]) -> [Int] {
        var ends: [Int] = []
        var isBlank = true
        for (index, byte) in body.enumerated() where byte != 0x0D {
            if byte == 0x0A, isBlank, index > 0 { ends.append(index + 1) }
            isBlank = byte == 0x0A
        }
        return ends
    }

    private enum Part {
        case event(Event)
        case comment
        /// An event that has fields other than a name and one line of data.
        case strange
    }

    private static func event(_ lines: ArraySlice<UInt8>) -> Part {
        var (name, data): (String?, [UInt8]?) = (nil, nil)
        for var line in lines.split(separator: 0x0A) {
            if line.last == 0x0D { line.removeLast() }
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
                if line.isEmpty { continue }
                return .strange
            }
            var value = line[(colon + 1)...]
            if value.first == 0x20 { value.removeFirst() }
            switch String(decoding: line[..<colon], as: UTF8.self) {
            case "": continue
            case "event": name = String(decoding: value, as: UTF8.self)
            case "data" where data == nil: data = Array(value)
            default: return .strange
            }
        }
        guard let data else { return name == nil ? .comment : .strange }
        return .event(Event(name: name, data: data, kind: kind(data)))
    }

    /// Returns the kind of an event, for points such as `first_content` and `done`. A recorded event counts as one token, because the
    /// API does not report tokens per event.
    private static func kind(_ data: [UInt8]) -> Event.Kind {
        if data.elementsEqual("[DONE]".utf8) { return .done }
        guard let json = try? JSONValue.parse(data) else { return .frame }
        if let error = json["error"], !error.isNull { return .error }
        if let type = json["type"]?.string {
            if type.hasSuffix(".delta") { return .content(tokens: 1) }
            return ["response.completed", "response.incomplete", "response.failed"].contains(type) ? .finish : .frame
        }
        guard let choice = json["choices"]?[0] else { return .frame }
        if let reason = choice["finish_reason"], !reason.isNull { return .finish }
        let delta = choice["delta"]
        let said = [delta?["content"], delta?["refusal"], choice["text"]].contains { $0?.string?.isEmpty == false }
        return said || delta?["tool_calls"] != nil ? .content(tokens: 1) : .frame
    }
}
