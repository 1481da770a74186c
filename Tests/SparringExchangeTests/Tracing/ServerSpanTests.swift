import SparringJSON
import SparringWire
import Testing

@testable import SparringExchange

@Suite("The server span of an exchange")
struct ServerSpanTests {
    private static let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    /// The source of ids counts up, so that the ids are known in advance.
    private struct Counter: RandomNumberGenerator {
        var value: UInt64 = 0
        mutating func next() -> UInt64 {
            value += 1
            return value
        }
    }

    private static func at(_ milliseconds: Int) -> Moment { Moment(nanoseconds: Int64(milliseconds) * 1_000_000) }

    private static func exchange(
        status: Int = 200, headers: HeaderFields = ["traceparent": parent, "host": "localhost:8080"],
        target: String = "/v1/chat/completions?api_key=sk-abcdefghijklmnopqrstuvwx", body: String = "{}",
        faults: [String] = [], entries: [(Int, Timeline.Happening)] = [(10, .requestStart), (30, .ended(.keepAlive))]
    ) -> Exchange {
        var decision = Exchange.Decision(
            endpoint: "chat.completions", model: "gpt-4o-mini", status: status, attempt: 2, faults: faults)
        decision.errorCode = status >= 400 ? "server_error" : nil
        decision.usage = Usage(input: 7, output: 9)
        return Exchange(
            number: 3, session: "mine", connection: 1,
            request: Request(method: "POST", target: target, headers: headers, body: Array(body.utf8)),
            decision: decision,
            timeline: Timeline(entries: entries.map { Timeline.Entry(at: at($0), $1) }))
    }

    private static func span(_ exchange: Exchange, script: WireScript = WireScript()) -> Span {
        var ids = Counter()
        return ServerSpan(epoch: 1_000_000_000, isTLS: false).span(of: TracedCall(exchange, played: script), ids: &ids)
    }

    private static func value(_ name: String, of span: Span) -> Span.Value? {
        span.attributes.first { $0.name == name }?.value
    }

    @Test("A span is a child of the client's span, and has the conventions' attributes without any text or secret")
    func attributes() {
        let body = #"{"model":"gpt-4o-mini","stream":true,"temperature":0.5,"max_tokens":8,"messages":["prompt"]}"#
        let entries: [(Int, Timeline.Happening)] = [
            (10, .requestStart), (12, .accepted(.head, due: Self.at(12))), (22, .accepted(.event(1), due: Self.at(22))),
            (30, .ended(.keepAlive)),
        ]
        let span = Self.span(Self.exchange(body: body, entries: entries))
        #expect(span.traceID == "0af7651916cd43dd8448eb211c80319c" && span.parent?.spanID == "b7ad6b7169203331")
        #expect(span.name == "POST chat.completions" && span.failure == nil)
        #expect(span.start == 1_010_000_000 && span.end == 1_030_000_000)
        let expected: [(String, Span.Value)] = [
            ("http.request.method", .string("POST")), ("url.path", .string("/v1/chat/completions")),
            ("http.response.status_code", .int(200)), ("server.address", .string("localhost")),
            ("server.port", .int(8080)), ("gen_ai.operation.name", .string("chat")),
            ("gen_ai.provider.name", .string("openai")), ("gen_ai.request.model", .string("gpt-4o-mini")),
            ("gen_ai.request.stream", .bool(true)), ("gen_ai.request.temperature", .double(0.5)),
            ("gen_ai.request.max_tokens", .int(8)), ("gen_ai.usage.input_tokens", .int(7)),
            ("gen_ai.usage.output_tokens", .int(9)), ("openai.api.type", .string("chat_completions")),
            ("gen_ai.response.time_to_first_chunk", .double(0.012)), ("sparring.attempt", .int(2)),
        ]
        for (name, value) in expected { #expect(Self.value(name, of: span) == value, "\(name)") }
        let text = OTLPTraces.json([span], from: OTLPOrigin()).text()
        #expect(!text.contains("prompt") && !text.contains("abcdefghijkl"))
    }

    @Test("A request outside every trace starts a new trace")
    func root() {
        let span = Self.span(Self.exchange(headers: [:]))
        #expect(span.parent == nil && span.traceID.count == 32 && span.spanID.count == 16)
        #expect(span.traceID != span.spanID + span.spanID)
    }

    @Test("A fault is an event with its text, its byte in the answer and its milliseconds in the exchange")
    func fault() throws {
        let script = WireScript(
            bytes: Array(repeating: 0, count: 300),
            steps: [.write(0..<100, .head), .write(100..<220, .event(1)), .fault(FaultID(0)), .end(.reset)])
        let span = Self.span(
            Self.exchange(
                faults: ["at event 1: reset"],
                entries: [
                    (10, .requestStart), (25, .faultDelivered(FaultID(0))), (25, .ended(.reset)),
                ]), script: script)
        let event = try #require(span.events.first)
        #expect(span.events.count == 1 && event.name == "sparring.fault" && event.at == 1_025_000_000)
        let values = Dictionary(uniqueKeysWithValues: event.attributes.map { ($0.name, $0.value) })
        #expect(values["sparring.fault"] == .string("at event 1: reset"))
        #expect(values["sparring.byte"] == .int(220) && values["sparring.ms"] == .double(15))
        #expect(span.failure == "the answer was broken on purpose: reset")
        #expect(Self.value("error.type", of: span) == .string("reset"))
    }

    @Test(
        "A span with a status of 500 or more has failed, and other spans have not",
        arguments: [(200, nil), (429, nil), (500, "500"), (503, "503")] as [(Int, String?)])
    func status(status: Int, kind: String?) {
        let span = Self.span(Self.exchange(status: status))
        #expect((span.failure != nil) == (kind != nil))
        #expect(Self.value("error.type", of: span) == kind.map { .string($0) })
    }

    @Test("The encoding has hexadecimal ids, 64-bit numbers as text, and flags that name a remote parent")
    func encoding() {
        let json = OTLPTraces.json(
            [Self.span(Self.exchange()), Self.span(Self.exchange(status: 500, headers: [:]))],
            from: OTLPOrigin(resource: [("service.name", "x")], version: "1"))
        let resource = json["resourceSpans"]?[0]
        #expect(
            resource?["resource"]?["attributes"]?.text() == #"[{"key":"service.name","value":{"stringValue":"x"}}]"#)
        let spans = resource?["scopeSpans"]?[0]?["spans"]
        #expect(spans?[0]?["parentSpanId"] == "b7ad6b7169203331" && spans?[0]?["flags"] == 0x301)
        #expect(spans?[0]?["kind"] == 2 && spans?[0]?["status"]?.text() == "{}")
        #expect(spans?[0]?["startTimeUnixNano"] == "1010000000")
        #expect(spans?[1]?["parentSpanId"] == nil && spans?[1]?["flags"] == 0x101)
        #expect(spans?[1]?["status"]?["code"] == 2 && spans?[1]?["status"]?["message"] == "server_error")
    }

    @Test(
        "The number of rejected spans is read from an answer",
        arguments: [
            ("", 0), ("{}", 0), (#"{"partialSuccess":{"rejectedSpans":"3"}}"#, 3),
            (#"{"partialSuccess":{"rejectedSpans":2}}"#, 2), ("\u{1}\u{2}", 0),
        ])
    func rejected(answer: String, count: Int) {
        #expect(OTLPOrigin.rejected("rejectedSpans", in: Array(answer.utf8)) == count)
    }
}
