import SparringEngine
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// The data of the live page: the state of the server, its sessions, and the newest exchanges. The page requests it
/// again and again, so the server stores nothing for a page.
struct LiveReport {
    /// The maximum number of exchanges in one report. If there are more, the sessions' counts show how many.
    static let largest = 500

    var engine: Engine
    var ledger: UsageStatistics
    var answers: AnswerShelf
    var version: String?
    var conceal: (@Sendable (Exchange) -> Exchange)?
    /// The servers that share sessions; empty for a server that shares none.
    var replicas: [SharedReplica] = []

    /// - Parameter since: returns exchanges with an event at this moment or later; nil for all exchanges.
    func json(since: Moment?, limit: Int, now: Moment) -> JSONValue {
        let (sessions, traffic) = (engine.sessions.all, engine.traffic.reading)
        let newest = sessions.flatMap { $0.latestExchanges(Self.largest) }
            .map { (start: $0.startedAt, exchange: $0) }
            .filter { entry in since.map { entry.exchange.changedAt >= $0 } ?? true }
            .sorted { $0.start < $1.start }
        return [
            "now_ms": Self.milliseconds(now), "version": .string(orNull: version),
            "scenario": .string(engine.scenario.name), "seed": .number(JSONNumber(text: String(engine.seed))),
            "open": [
                "answers": .int(traffic.inFlight), "streams": .int(traffic.streams), "sockets": .int(traffic.sockets),
            ],
            "sessions": .array(sessions.map { session in row(session, now) }),
            "server": .string(orNull: engine.sessions.turns?.replica), "servers": .array(replicas.map(\.json)),
            "usage": UsagePage.json(UsageReport(ledger.reading, by: [.endpoint])),
            "breakpoints": BreakpointReport.json(engine.sessions.breakpoints, session: nil, now: now, conceal: conceal),
            "exchanges": .array(newest.suffix(limit).map { entry(of: $0.exchange) }),
        ]
    }

    /// The longest request whose answer is explained if only the beginning of its body is requested: to read a longer request takes
    /// seconds.
    private static let largestExplained = 1 << 20

    /// One exchange with its request, and the reasons why its rule answered and the others did not.
    /// - Parameter most: the maximum number of bytes of the request's body; nil for all bytes.
    func exchange(_ number: Int, of session: Session, most: Int?) -> JSONValue? {
        let found = session.latestExchanges(.max).first { $0.number == number }
        return found.flatMap { json(of: $0, in: session.world.scenario, most: most) }
    }

    /// One exchange with its request, like `exchange(_:of:most:)`.
    /// - Parameter scenario: the scenario of the exchange's session.
    func json(of original: Exchange, in scenario: SparringScenario.Scenario, most: Int?) -> JSONValue? {
        let exchange = conceal?(original) ?? original
        var entry = KeptExchanges.fullEntry(of: exchange, most: most)
        Self.add(exchange, call: Self.call(exchange.request), to: &entry)
        // Additional masks apply to exchanges, not to the bytes of answers, so those bytes are not shown.
        let answer: JSONObject =
            conceal == nil
            ? answers.json(of: exchange)
            : [
                "answer": .null,
                "answer_withheld": "only the cassette has the answer, because --redact masks more than secrets",
            ]
        for member in answer.members { entry[member.name] = member.value }
        let isLong = most != nil && exchange.request.body.count > Self.largestExplained
        let explanation =
            isLong
            ? nil
            : try? Explanation(of: exchange.request.body, endpoint: exchange.decision.endpoint, in: scenario)
        entry["explanation"] = isLong ? .null : .strings((explanation?.lines ?? []).map(Redaction.text))
        return .object(entry)
    }

    private func row(_ session: Session, _ now: Moment) -> JSONValue {
        let (count, running, dropped, clock) = session.glance
        return [
            "name": .string(Redaction.text(session.name)), "scenario": .string(session.world.scenario.name),
            "exchanges": .int(count), "running": .int(running), "dropped": .int(dropped),
            "ahead_ms": .int(Int((clock.ahead(at: now) / .milliseconds(1)).rounded())),
            "scale": .number(JSONNumber(clock.scale)), "dials": DialReport.json(session),
        ]
    }

    private func entry(of exchange: Exchange) -> JSONValue {
        let exchange = conceal?(exchange) ?? exchange
        return .object(Self.row(of: exchange, call: Self.call(exchange.request)))
    }

    /// An exchange as a row of the page's list.
    static func row(of exchange: Exchange, call: UInt64) -> JSONObject {
        guard case .object(var entry) = exchange.journalEntry else { return JSONObject() }
        add(exchange, call: call, to: &entry)
        return entry
    }

    /// A number that is equal for equal requests: attempts of one call.
    static func call(_ request: Request) -> UInt64 {
        var hash = FNV1a()
        hash.add(request.method.utf8)
        hash.add(request.target.utf8)
        hash.add(0)
        hash.add(words: request.body)
        return hash.value
    }

    /// The values that the page needs in addition to the journal's entry.
    private static func add(_ exchange: Exchange, call: UInt64, to entry: inout JSONObject) {
        entry["call"] = .string(String(call, radix: 16))
        entry["model"] = .string(orNull: exchange.decision.model.map(Redaction.text))
        entry["refusal"] = .string(orNull: exchange.decision.refusal.map { Redaction.text($0.message) })
        entry["running"] = .bool(exchange.isRunning)
    }

    private static func milliseconds(_ moment: Moment) -> JSONValue {
        .number(JSONNumber(Double(moment.nanoseconds / 1000) / 1000))
    }
}

extension FNV1a {
    /// Adds eight bytes at a time, because the page asks twice a second, and the body of an exchange may have 30 MB.
    fileprivate mutating func add(words bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            let whole = bytes.count & ~7
            for offset in stride(from: 0, to: whole, by: 8) {
                // The factor of 64 bits (2⁶⁴ divided by the golden ratio) mixes words better than FNV's; the shift carries upper bits into lower ones.
                value = (value ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* 0x9E37_79B9_7F4A_7C15
                value ^= value >> 32
            }
            for byte in bytes[whole...] { add(byte) }
        }
        value = (value ^ UInt64(bytes.count)) &* 0x100_0000_01B3
    }
}

extension Exchange {
    /// The time of the exchange's last event. For a running exchange, this is the decision, which comes after its
    /// start.
    fileprivate var changedAt: Moment { timeline.entries.last?.at ?? startedAt }
}
