import SparringExchange
import SparringWire
import Synchronization
import Testing

@testable import SparringHTTP

@Suite("Sending spans to a receiver")
struct SpanExporterTests {
    /// A receiver that answers at once with the rows of a table. After the last row, the receiver does not answer.
    final class Receiver: Upstream {
        struct NoCall: UpstreamCall {
            func setReading(_ isOn: Bool) {}
            func cancel() {}
        }

        private let state: Mutex<(answers: [(Int, String)], requests: [Request])>

        init(_ answers: [(Int, String)]) { state = Mutex((answers, [])) }

        var requests: [Request] { state.withLock(\.requests) }

        func send(_ request: Request, observer: any UpstreamObserver) -> any UpstreamCall {
            let answer = state.withLock { state in
                state.requests.append(request)
                return state.answers.isEmpty ? nil : state.answers.removeFirst()
            }
            guard let (status, body) = answer else { return NoCall() }
            let moment = Moment(nanoseconds: 0)
            observer.heard(.head(UpstreamHead(status: status)), at: moment)
            if !body.isEmpty { observer.heard(.body(Array(body.utf8)), at: moment) }
            observer.heard(.end, at: moment)
            return NoCall()
        }
    }

    private static func exchange(_ headers: HeaderFields = [:], auxiliary: Bool = false) -> Exchange {
        Exchange(
            number: 1, session: "a", connection: 1,
            request: Request(method: "GET", target: "/v1/models", headers: headers),
            decision: Exchange.Decision(endpoint: "models", status: 200, isAuxiliary: auxiliary))
    }

    private static func export(
        _ exchanges: [Exchange], to receiver: Receiver, within bound: Duration = .seconds(600),
        _ change: (inout SpanExporter.Settings) -> Void = { _ in }
    ) async -> (counts: ExportCounts, problems: [String]) {
        var settings = SpanExporter.Settings()
        settings.delay = .seconds(3600)
        change(&settings)
        let problems = Log()
        let delivery = OTLPDelivery(
            to: OTLPReceiver(
                receiver, authority: "h:4318", target: "/v1/traces", headers: [("x-key", "k")], timeout: .seconds(600)),
            pauses: [.zero], rejected: "rejectedSpans"
        ) { problems.add($0) }
        let exporter = SpanExporter(settings, spans: ServerSpan(epoch: 0, isTLS: false), delivery: delivery)
        for exchange in exchanges { exporter.receive(exchange, played: WireScript()) }
        await exporter.close(within: bound)
        return (exporter.queue.counts, problems.lines)
    }

    private final class Log: Sendable {
        private let state = Mutex<[String]>([])
        func add(_ line: String) { state.withLock { $0.append(line) } }
        var lines: [String] { state.withLock(\.self) }
    }

    @Test("Spans are sent in batches as JSON, with the headers that were set")
    func batches() async throws {
        let receiver = Receiver([(200, "{}"), (200, ""), (200, "{}")])
        let exchanges = Array(repeating: Self.exchange(), count: 5)
        let (counts, problems) = await Self.export(exchanges, to: receiver) { $0.batch = 2 }
        #expect(counts == ExportCounts(sent: 5) && problems.isEmpty)
        let sizes = receiver.requests.map { request in
            String(decoding: request.body, as: UTF8.self).matches(of: /"spanId":/).count
        }
        #expect(sizes == [2, 2, 1])
        let first = try #require(receiver.requests.first)
        #expect(first.method == "POST" && first.target == "/v1/traces" && first.headers["x-key"] == "k")
        #expect(first.headers["content-type"] == "application/json" && first.headers["host"] == "h:4318")
        #expect(first.headers["content-length"] == String(first.body.count))
    }

    @Test(
        "The receiver's answer decides whether spans are sent again or lost",
        arguments: [
            ([(503, ""), (200, "")], 2, 0, nil), ([(503, ""), (429, "")], 0, 2, "it answered 429"),
            ([(404, "")], 0, 2, "it answered 404"),
            ([(200, #"{"partialSuccess":{"rejectedSpans":"1"}}"#)], 1, 1, "the receiver rejected 1"),
        ] as [([(Int, String)], Int, Int, String?)])
    func answers(answers: [(Int, String)], sent: Int, lost: Int, reason: String?) async {
        let receiver = Receiver(answers)
        let (counts, problems) = await Self.export([Self.exchange(), Self.exchange()], to: receiver)
        #expect(counts == ExportCounts(sent: sent, dropped: lost))
        #expect(problems == [reason].compactMap(\.self) && receiver.requests.count == answers.count)
    }

    @Test("A receiver that never answers delays the end only up to the limit, and its spans are counted as lost")
    func silence() async {
        let (counts, _) = await Self.export([Self.exchange()], to: Receiver([]), within: .zero)
        #expect(counts == ExportCounts(dropped: 1))
    }

    @Test("Calls beyond the queue's capacity are counted as lost")
    func capacity() async {
        let queue = SpanQueue(capacity: 2, batch: 10)
        for _ in 0..<5 { _ = queue.append(TracedCall(Self.exchange(), played: WireScript())) }
        #expect(queue.counts == ExportCounts(dropped: 3) && queue.take().count == 2)
    }

    @Test("A trace that the client does not record, and a connection without a request, have no span")
    func unwanted() async {
        let unsampled: HeaderFields = ["traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"]
        var connection = Self.exchange()
        connection.decision.endpoint = Exchange.connectionEndpoint
        let receiver = Receiver([])
        let (counts, _) = await Self.export([Self.exchange(unsampled), connection], to: receiver)
        #expect(counts == ExportCounts() && receiver.requests.isEmpty)
    }
}
