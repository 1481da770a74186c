package import SparringJSON
import SparringWire

/// Reads exchanges from lines of logs: the lines of the journal (`Exchange.json`), and the shorter lines of `serve --log json`.
extension Exchange {
    /// - Parameter entry: an entry as `json(origin:)` writes it; it may also have `headers` and `body`. Unknown members are ignored.
    /// - Returns: nil if a member is missing without which an exchange cannot be shown.
    package init?(entry: JSONValue) {
        guard let number = entry["number"]?.int, let session = entry["session"]?.string,
            let method = entry["method"]?.string, let path = entry["path"]?.string,
            let status = entry["status"]?.int
        else { return nil }
        var decision = Decision(
            endpoint: entry["endpoint"]?.string, model: entry["model"]?.string, status: status,
            step: entry["step"]?.string, attempt: entry["attempt"]?.int ?? 1,
            unmatched: entry["unmatched"]?.string,
            isAuxiliary: entry["auxiliary"]?.bool ?? false,
            faults: (entry["faults"]?.array ?? []).compactMap(\.string))
        decision.refusal = entry["refused"]?.string.map { Refusal($0) }
        decision.warning = entry["warning"]?.string
        decision.requestID = entry["request_id"]?.string
        if let told = entry["retry_hint"]?["told_ms"]?.double,
            let ordered = entry["retry_hint"]?["ordered_ms"]?.double
        {
            decision.hint = Hint(ordered: ordered.asMilliseconds, told: told.asMilliseconds)
        }
        var headers = HeaderFields()
        for field in entry["headers"]?.array ?? [] {
            if let name = field[0]?.string, let value = field[1]?.string { headers.append(name, value) }
        }
        if let id = entry["client_request_id"]?.string, headers[Self.clientRequestID] == nil {
            headers.append(Self.clientRequestID, id)
        }
        self.init(
            number: number, session: session, connection: entry["connection"]?.int ?? 0,
            request: Request(
                method: method, target: path, headers: headers,
                body: Self.body(entry)),
            decision: decision, marbles: entry["marbles"]?.string ?? "",
            timeline: Timeline(entry: entry, faults: decision.faults))
        replica = entry["replica"]?.string
        request.event = entry["event"]?.string == "exchange" ? nil : entry["event"]?.string
    }
}

extension Exchange {
    /// A body that is not text is in base64.
    private static func body(_ entry: JSONValue) -> [UInt8] {
        if let text = entry["body"]?.string { return Array(text.utf8) }
        let letters = entry["body_base64"]?.string?.utf8.filter { $0 != UInt8(ascii: "=") }
        return letters.flatMap(Base64Letters.decoded) ?? []
    }
}

extension Timeline {
    /// A line of `serve --log json` has no timeline, only a duration.
    fileprivate init(entry: JSONValue, faults: [String]) {
        let entries = (entry["timeline"]?.array ?? []).compactMap { Entry(json: $0, faults: faults) }
        self.init(entries: entries)
        guard entries.isEmpty, entry["timeline"] == nil else { return }
        stamp(.requestStart, at: Moment(nanoseconds: 0))
        if let ms = entry["ms"]?.double { stamp(.ended(.keepAlive), at: Moment(milliseconds: ms)) }
    }
}

extension Timeline.Entry {
    /// Returns nil for an event that this version does not know.
    fileprivate init?(json: JSONValue, faults: [String]) {
        guard let ms = json["ms"]?.double, let word = json["what"]?.string else { return nil }
        // Equal faults become one fault, because the notation has no ids.
        func fault() -> FaultID? {
            faults.firstIndex { $0 == json["fault"]?.string }.map { FaultID($0) }
        }
        let happening: Timeline.Happening? =
            switch word {
            case "request_start": .requestStart
            case "request_head": .requestHead
            case "request_end": .requestEnd
            case "decided": .decided
            case "accepted":
                .accepted(
                    json["mark"]?.string.flatMap { Mark(words: $0) },
                    due: Moment(milliseconds: json["due_ms"]?.double ?? ms))
            case "fault_delivered": fault().map { .faultDelivered($0) }
            case "fault_missed": fault().map { .faultMissed($0, reason: json["reason"]?.string ?? "") }
            case "held": json["at"]?.string.map { .held(at: $0) }
            case "released":
                json["held_ms"]?.double.map {
                    .released(after: $0.asMilliseconds, reason: json["reason"]?.string ?? "")
                }
            case "peer_gone": .peerGone(reason: json["reason"]?.string ?? "")
            case "drained": .drained
            case "lost": json["bytes"]?.int.map { .lost(bytes: $0) }
            case "ended": json["ending"]?.string.flatMap { Ending(words: $0) }.map { .ended($0) }
            default: nil
            }
        guard let happening else { return nil }
        self.init(at: Moment(milliseconds: ms), happening)
    }
}

extension Moment {
    fileprivate init(milliseconds: Double) {
        self.init(nanoseconds: Int64((milliseconds.withinClocks * 1_000_000).rounded()))
    }
}

extension Double {
    /// A number that is too large for a clock becomes the largest time, so that a damaged file does not cause a crash.
    fileprivate var withinClocks: Double { Swift.min(Swift.max(self, 0), 1e12) }

    fileprivate var asMilliseconds: Duration { .milliseconds(withinClocks) }
}
