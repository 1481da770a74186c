import SparringEngine
import SparringExchange
import SparringWire
import Testing

@testable import Sparring

@Suite("The metrics of the conventions")
struct CallMeterTests {
    /// A streamed call: the first of three contents after 20 ms, one every 30 ms, the end after 100 ms.
    private static func exchange(
        status: Int = 200, method: String = "POST", model: String? = "gpt-4o-mini",
        endpoint: String? = "chat.completions"
    ) -> Exchange {
        var decision = Exchange.Decision(endpoint: endpoint, model: model, status: status)
        decision.isStream = true
        func at(_ milliseconds: Int64) -> Moment { Moment(nanoseconds: milliseconds * 1_000_000) }
        let contents = [20, 50, 80].enumerated().map { place, time in
            Timeline.Entry(at: at(time), .accepted(.content(place + 1), due: at(time)))
        }
        return Exchange(
            number: 1, session: "a", connection: 1, request: Request(method: method, target: "/v1/chat/completions"),
            decision: decision,
            timeline: Timeline(
                entries: [.init(at: at(0), .requestStart)] + contents + [.init(at: at(100), .ended(.keepAlive))]))
    }

    private static func families(_ exchanges: [Exchange]) -> [String: MetricFamily] {
        let meter = CallMeter(ServerSpan(epoch: 0, isTLS: true))
        for exchange in exchanges { meter.receive(exchange) }
        return Dictionary(uniqueKeysWithValues: meter.families.map { ($0.name, $0) })
    }

    private static func labels(_ point: MetricFamily.Point?) -> [String: Span.Value] {
        Dictionary(uniqueKeysWithValues: (point?.labels ?? []).map { ($0.name, $0.value) })
    }

    private static func distribution(_ point: MetricFamily.Point?) -> MetricDistribution? {
        if case .distribution(let distribution)? = point?.value { distribution } else { nil }
    }

    @Test("A call is measured as a request of HTTP, by method, scheme, route, status and version")
    func http() throws {
        let point = Self.families([Self.exchange(), Self.exchange()])["http.server.request.duration"]?.points
        #expect(point?.count == 1)
        #expect(
            Self.labels(point?.first) == [
                "http.request.method": .string("POST"), "url.scheme": .string("https"),
                "http.route": .string("/v1/chat/completions"), "http.response.status_code": .int(200),
                "network.protocol.version": .string("1.1"),
            ])
        let distribution = try #require(Self.distribution(point?.first))
        #expect(distribution.count == 2 && abs(distribution.sum - 0.2) < 1e-9)
    }

    @Test("A call of a model is measured by operation, provider and model, with its first content and its pace")
    func model() throws {
        let families = Self.families([Self.exchange()])
        let expected = ["request.duration": 0.1, "time_to_first_token": 0.02, "time_per_output_token": 0.03]
        for (name, value) in expected {
            let point = families["gen_ai.server." + name]?.points.first
            #expect(
                Self.labels(point) == [
                    "gen_ai.operation.name": .string("chat"), "gen_ai.provider.name": .string("openai"),
                    "gen_ai.request.model": .string("gpt-4o-mini"),
                ])
            let distribution = try #require(Self.distribution(point))
            #expect(distribution.count == 1 && abs(distribution.sum - value) < 1e-9, "\(name)")
        }
    }

    @Test(
        "An error of a model is an error for its metrics; for HTTP, only an error of the server is one",
        arguments: [(429, nil, "429"), (500, "500", "500")] as [(Int, String?, String)])
    func errors(status: Int, http: String?, model: String) {
        let families = Self.families([Self.exchange(status: status)])
        let server = Self.labels(families["http.server.request.duration"]?.points.first)
        #expect(server["error.type"] == http.map { .string($0) })
        #expect(
            Self.labels(families["gen_ai.server.request.duration"]?.points.first)["error.type"] == .string(model))
        #expect(families["gen_ai.server.time_to_first_token"] == nil)
    }

    @Test("A path that is unknown has no route, an unknown method is '_OTHER', and neither is a call of a model")
    func unknown() {
        let families = Self.families([Self.exchange(status: 404, method: "BREW", model: nil, endpoint: nil)])
        let labels = Self.labels(families["http.server.request.duration"]?.points.first)
        #expect(labels["http.request.method"] == .string("_OTHER") && labels["http.route"] == nil)
        #expect(families["gen_ai.server.request.duration"] == nil)
    }

    @Test("Auxiliary requests and connections without a request are not measured, as in the usage")
    func auxiliary() {
        var auxiliary = Self.exchange()
        auxiliary.decision.isAuxiliary = true
        var connection = Self.exchange()
        connection.decision.endpoint = Exchange.connectionEndpoint
        #expect(Set(Self.families([auxiliary, connection]).keys) == ["sparring.unmeasured"])
    }

    @Test("The turn of a WebSocket is a call of a model, but no request of HTTP")
    func turn() {
        var turn = Self.exchange()
        turn.request.event = "response.create"
        let families = Self.families([turn])
        #expect(families["http.server.request.duration"] == nil && families["gen_ai.server.request.duration"] != nil)
    }

    @Test("The calls beyond the largest number of series share one series")
    func overflow() throws {
        var measurements = CallMeasurements()
        var ids = SystemRandomNumberGenerator()
        for number in 0..<CallMeasurements.mostSeries + 50 {
            let exchange = Self.exchange(model: "m\(number)")
            let call = TracedCall(exchange, played: WireScript())
            measurements.add(exchange, ServerSpan(epoch: 0, isTLS: false).span(of: call, ids: &ids))
        }
        let family = try #require(measurements.families.first { $0.name == "gen_ai.server.request.duration" })
        #expect(family.points.count == CallMeasurements.mostSeries + 1)
        let shared = family.points.first { $0.labels == [MetricFamily.Label("otel.metric.overflow", .bool(true))] }
        #expect(Self.distribution(shared)?.count == 50)
    }
}
