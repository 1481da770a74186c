import SparringExchange
import SparringHTTP
import SparringJSON
import SparringReport
import SparringWire
import Testing

@testable import SparringCLI

@Suite("The log of serve")
struct ServeLogTests {
    private static let time = WallTime(nanoseconds: 1_796_040_067_123_000_000)

    private static func exchange(
        _ status: Int, faults: [String] = [], _ change: (inout Exchange.Decision) -> Void = { _ in }
    ) -> Exchange {
        var decision = Exchange.Decision(
            endpoint: "chat.completions", model: "gpt-5.2", status: status, step: "rule 1, step 1", faults: faults)
        change(&decision)
        var timeline = Timeline()
        timeline.stamp(.requestStart, at: Moment(nanoseconds: 1_000_000))
        timeline.stamp(.accepted(nil, due: Moment(nanoseconds: 2_000_000)), at: Moment(nanoseconds: 2_000_000))
        for number in faults.indices {
            timeline.stamp(.faultDelivered(FaultID(number)), at: Moment(nanoseconds: 3_000_000))
        }
        timeline.stamp(.ended(.keepAlive), at: Moment(nanoseconds: 13_340_000))
        return Exchange(
            number: 31, session: "default", connection: 1,
            request: Request(method: "POST", target: "/v1/chat/completions"), decision: decision, marbles: "HD.",
            timeline: timeline)
    }

    private static func words(_ exchange: Exchange, code: String? = nil) -> [String] {
        let text = ExchangeLine(exchange: exchange, errorCode: code, endedAt: time).text(.plain)
        return text.split(separator: "  ").dropFirst().map(String.init)
    }

    @Test("A log line has session, request, model, status, error code, duration, step and faults")
    func line() {
        let start = ["default#31", "POST /v1/chat/completions", "gpt-5.2"]
        #expect(Self.words(Self.exchange(200)) == start + ["200", "12 ms", "rule 1, step 1", "HD."])
        #expect(
            Self.words(Self.exchange(429, faults: ["at start: reset"]), code: "rate_limit_exceeded")
                == start + ["429 rate_limit_exceeded", "12 ms", "rule 1, step 1", "fault: at start: reset", "HD."])
        let refused = Self.exchange(400) {
            $0.step = nil
            $0.refusal = Exchange.Refusal("Unrecognized request argument supplied: x", passesLeniently: true)
        }
        #expect(
            Self.words(refused).last
                == "REFUSED: Unrecognized request argument supplied: x (strict validation; --validation lenient accepts it)"
        )
    }

    @Test("A log line begins with the time of day, and its JSON has the date in UTC")
    func times() throws {
        #expect(Self.time.timeOfDay.hasSuffix(":07.123"))
        #expect(Self.time.iso8601 == "2026-11-30T12:01:07.123Z")
        let json = ExchangeLine(exchange: Self.exchange(200), errorCode: nil, endedAt: Self.time).json
        #expect(json["time"] == "2026-11-30T12:01:07.123Z" && json["ms"]?.double == 12.34 && json["model"] == "gpt-5.2")
    }

    @Test("A request cannot write escape sequences or forge a line")
    func strangers() {
        let hostile = "\u{1B}]0;title\u{7}\n12:00:00.000  default#99  GET /"
        let exchange = Self.exchange(404) {
            $0.model = hostile
            $0.unmatched = hostile
            $0.warning = hostile
            $0.refusal = Exchange.Refusal(hostile, passesLeniently: false)
        }
        let line = ExchangeLine(exchange: exchange, errorCode: hostile, endedAt: Self.time).text(.plain)
        #expect(!line.contains { $0.isNewline || $0 == "\u{1B}" || $0 == "\u{7}" })
        #expect(line.contains("\\u{1b}]0;title"))
    }

    @Test("Escape sequences are written only with colors")
    func colors() {
        let line = ExchangeLine(exchange: Self.exchange(500), errorCode: nil, endedAt: Self.time)
        #expect(!line.text(.plain).contains("\u{1B}"))
        #expect(line.text(TextStyle(isColored: true)).contains("\u{1B}[31m500\u{1B}[0m"))
    }

    @Test(
        "Colors need a terminal, and NO_COLOR switches them off",
        arguments: [
            (true, [:], true), (true, ["NO_COLOR": ""], true), (true, ["NO_COLOR": "1"], false),
            (true, ["TERM": "dumb"], false), (false, [:], false),
        ])
    func terminal(isTerminal: Bool, environment: [String: String], isColored: Bool) {
        let terminal = Terminal(descriptor: 2, environment: environment) { _ in isTerminal }
        #expect(terminal.style.isColored == isColored)
    }

    @Test(
        "The error code, or without a code the type, is read from the bytes of the answer",
        arguments: [
            (#"{"error":{"code":"rate_limit_exceeded","type":"requests"}}"#, "rate_limit_exceeded"),
            (#"{"error":{"code":null,"type":"server_error"}}"#, "server_error"), ("<html>", nil), ("", nil),
        ])
    func codes(body: String, code: String?) {
        let bytes = Array("HTTP/1.1 429 Too Many Requests\r\nA: b\r\n\r\n\(body)".utf8)
        #expect(ExchangePrinter.errorCode(in: WireScript(bytes: bytes)) == code)
    }

    @Test("The totals count requests, statuses, faults by name, refusals and chaos")
    func totals() {
        var counts = ServeTotals.Counts()
        #expect(counts.lines(uptime: .seconds(2), seed: 7) == ["sparring: 0 requests in 0 sessions in 2 s"])
        counts.add(Self.exchange(200))
        counts.add(
            Self.exchange(200, faults: ["at event 5: reset"]) {
                $0.chaos = Exchange.Drawn(strike: "reset", digest: 1, call: 1, source: "{}")
            })
        counts.add(Self.exchange(400) { $0.refusal = Exchange.Refusal("No.") })
        #expect(
            counts.lines(uptime: .seconds(2), seed: 7) == [
                "sparring: 3 requests in 1 session in 2 s", "  answers    200 ×2, 400 ×1", "  faults     reset ×1",
                "  refused    1", "  chaos      hit 1 call; to repeat the run: --seed 7",
            ])
        #expect(counts.json(uptime: .seconds(2), seed: 7, at: Self.time)["statuses"] == ["200": 2, "400": 1])
    }

    @Test("The totals count the spans and the data points that were sent and lost, if they are exported")
    func exports() {
        var counts = ServeTotals.Counts()
        counts.add(Self.exchange(200))
        let (spans, points) = (ExportCounts(sent: 1), ExportCounts(sent: 40, dropped: 2))
        #expect(
            counts.lines(uptime: .seconds(2), seed: 7, spans: spans, points: points).suffix(2) == [
                "  traces     1 span sent, 0 lost", "  metrics    40 data points sent, 2 lost",
            ])
        let json = counts.json(uptime: .seconds(2), seed: 7, at: Self.time, spans: spans, points: points)
        #expect(json["points"] == ["sent": 40, "lost": 2] && json["spans"] == ["sent": 1, "lost": 0])
        #expect(counts.json(uptime: .seconds(2), seed: 7, at: Self.time)["points"] == nil)
    }
}
