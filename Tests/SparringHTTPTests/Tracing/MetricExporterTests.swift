import SparringExchange
import SparringJSON
import SparringWire
import Synchronization
import Testing

@testable import SparringHTTP

@Suite("Exporting metrics to a receiver")
struct MetricExporterTests {
    /// A clock that stands still. Each sleep lasts until the test ends it.
    private final class ManualClock: Clock {
        struct Instant: InstantProtocol {
            var offset: Duration
            func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
            func duration(to other: Instant) -> Duration { other.offset - offset }
            static func < (a: Instant, b: Instant) -> Bool { a.offset < b.offset }
        }

        let minimumResolution = Duration.zero
        var now: Instant { Instant(offset: .zero) }
        /// The lengths of the sleeps, each added when the sleep begins.
        let sleeps: AsyncStream<Duration>
        private let began: AsyncStream<Duration>.Continuation
        private let ends: AsyncStream<Void>
        private let end: AsyncStream<Void>.Continuation
        /// The test can end sleeps of this length. All other sleeps last until they are cancelled.
        private let endable: Duration

        init(endable: Duration) {
            self.endable = endable
            (sleeps, began) = AsyncStream.makeStream()
            (ends, end) = AsyncStream.makeStream()
        }

        func sleep(until deadline: Instant, tolerance: Duration?) async throws {
            began.yield(deadline.offset)
            guard deadline.offset == endable else { return try await Task.sleep(for: .seconds(3600)) }
            var iterator = ends.makeAsyncIterator()
            _ = await iterator.next()
            try Task.checkCancellation()
        }

        /// Ends one sleep.
        func tick() { end.yield() }
    }

    private final class Log: Sendable {
        private let state = Mutex<[String]>([])
        func add(_ line: String) { state.withLock { $0.append(line) } }
        var lines: [String] { state.withLock(\.self) }
    }

    private static let family = MetricFamily(
        "sparring.requests", .counter, help: "", points: [.init([], .int(1)), .init([.init("a", "b")], .int(2))])

    private static func exporter(
        to receiver: SpanExporterTests.Receiver, clock: any Clock<Duration>, log: Log = Log()
    ) -> MetricExporter {
        var settings = MetricExporter.Settings()
        (settings.interval, settings.timeout) = (.seconds(60), .seconds(30))
        let delivery = OTLPDelivery(
            to: OTLPReceiver(
                receiver, authority: "h:4318", target: "/v1/metrics", headers: [], timeout: .seconds(600)),
            pauses: [.zero], rejected: "rejectedDataPoints"
        ) { log.add($0) }
        return MetricExporter(settings, delivery: delivery, clock: clock) { 5_000_000_000 }
    }

    @Test("Metrics are exported after each interval of the clock, and once more at the end")
    func intervals() async throws {
        let receiver = SpanExporterTests.Receiver([(200, "{}"), (200, "{}"), (200, "{}")])
        let clock = ManualClock(endable: .seconds(60))
        let exporter = Self.exporter(to: receiver, clock: clock)
        let (reads, read) = AsyncStream<Void>.makeStream()
        exporter.start {
            read.yield()
            return [Self.family]
        }
        var reading = reads.makeAsyncIterator()
        for _ in 0..<2 {
            clock.tick()
            _ = await reading.next()
        }
        await exporter.close(within: .seconds(600))
        #expect(receiver.requests.count == 3 && exporter.counts == ExportCounts(sent: 6))
        let request = try #require(receiver.requests.first)
        #expect(request.target == "/v1/metrics" && request.headers["content-type"] == "application/json")
        let json = try JSONValue.parse(request.body)
        let metric = json["resourceMetrics"]?[0]?["scopeMetrics"]?[0]?["metrics"]?[0]
        #expect(metric?["name"] == "sparring.requests")
        #expect(metric?["sum"]?["dataPoints"]?[0]?["timeUnixNano"] == "5000000000")
    }

    @Test(
        "The receiver's answer decides whether data points are sent again or lost",
        arguments: [
            ([(503, ""), (200, "")], 2, 0, nil), ([(503, ""), (429, "")], 0, 2, "it answered 429"),
            ([(404, "")], 0, 2, "it answered 404"),
            ([(200, #"{"partialSuccess":{"rejectedDataPoints":"1"}}"#)], 1, 1, "the receiver rejected 1"),
        ] as [([(Int, String)], Int, Int, String?)])
    func answers(answers: [(Int, String)], sent: Int, lost: Int, reason: String?) async {
        let (receiver, log) = (SpanExporterTests.Receiver(answers), Log())
        let exporter = Self.exporter(to: receiver, clock: ManualClock(endable: .seconds(60)), log: log)
        exporter.start { [Self.family] }
        await exporter.close(within: .seconds(600))
        #expect(exporter.counts == ExportCounts(sent: sent, dropped: lost))
        #expect(log.lines == [reason].compactMap(\.self) && receiver.requests.count == answers.count)
    }

    @Test("An export ends at its time limit, and its data points are counted as lost")
    func limit() async {
        let receiver = SpanExporterTests.Receiver([])
        let clock = ManualClock(endable: .seconds(30))
        let exporter = Self.exporter(to: receiver, clock: clock)
        clock.tick()
        exporter.start { [Self.family] }
        await exporter.close(within: .seconds(600))
        #expect(exporter.counts == ExportCounts(dropped: 2))
    }

    @Test("A receiver that never answers delays the end only up to the limit")
    func silence() async {
        let exporter = Self.exporter(to: SpanExporterTests.Receiver([]), clock: ManualClock(endable: .seconds(60)))
        exporter.start { [Self.family] }
        await exporter.close(within: .zero)
        #expect(exporter.counts.sent == 0)
    }

    @Test("An exporter that was not started sends nothing at its end")
    func unused() async {
        let receiver = SpanExporterTests.Receiver([])
        await Self.exporter(to: receiver, clock: ManualClock(endable: .seconds(60))).close(within: .seconds(600))
        #expect(receiver.requests.isEmpty)
    }
}
