import SparringJSON
import Testing

@testable import SparringExchange

@Suite("Metrics in OTLP's encoding")
struct OTLPMetricsTests {
    private typealias Family = MetricFamily
    private static let labels = [Family.Label("session", "a"), Family.Label("status", .int(200))]

    private static func metric(_ family: MetricFamily) -> JSONValue? {
        OTLPMetrics.json(
            [MetricFamily("empty", .gauge, help: ""), family], at: 9_000_000_000,
            from: OTLPOrigin(resource: [("service.name", "x")], version: "1"))["resourceMetrics"]?[0]?["scopeMetrics"]?[
                0]?[
                "metrics"]?[0]
    }

    private static func distribution(_ values: Double...) -> MetricDistribution {
        var distribution = MetricDistribution(bounds: [0.5, 2])
        for value in values { distribution.add(value) }
        return distribution
    }

    @Test("A gauge has its value and its time, and no start")
    func gauge() {
        let family = Family("sparring.uptime", .gauge, unit: "s", help: "h", points: [.init([], .double(1.5))])
        let json = Self.metric(family)
        #expect(json?["name"] == "sparring.uptime" && json?["unit"] == "s" && json?["description"] == "h")
        #expect(
            json?["gauge"]?["dataPoints"]?.text() == #"[{"attributes":[],"timeUnixNano":"9000000000","asDouble":1.5}]"#)
    }

    @Test("A counter is a cumulative, monotonic sum, whose attributes keep their types and whose integers are text")
    func counter() {
        var point = Family.Point(Self.labels, .int(7))
        point.start = 1_000_000_000
        let sum = Self.metric(Family("sparring.requests", .counter, help: "", points: [point]))?["sum"]
        #expect(sum?["aggregationTemporality"] == 2 && sum?["isMonotonic"] == true)
        let attributes = sum?["dataPoints"]?[0]?["attributes"]
        #expect(attributes?[0]?.text() == #"{"key":"session","value":{"stringValue":"a"}}"#)
        #expect(attributes?[1]?.text() == #"{"key":"status","value":{"intValue":"200"}}"#)
        #expect(sum?["dataPoints"]?[0]?["asInt"] == "7")
        #expect(sum?["dataPoints"]?[0]?["startTimeUnixNano"] == "1000000000")
    }

    @Test("A histogram has one count more than bounds, and a measurement belongs to the bucket of its bound")
    func histogram() {
        let value = Self.distribution(0.5, 1, 3, 4)
        let json = Self.metric(Family("d", .histogram, unit: "s", help: "", points: [.init([], .distribution(value))]))
        let point = json?["histogram"]?["dataPoints"]?[0]
        #expect(json?["histogram"]?["aggregationTemporality"] == 2)
        #expect(point?["bucketCounts"]?.text() == #"["1","1","2"]"#)
        #expect(point?["explicitBounds"]?.array?.map(\.double) == [0.5, 2])
        #expect(point?["count"] == "4" && point?["sum"]?.double == 8.5)
    }

    @Test("The request names the program, and families without points are left out")
    func envelope() {
        let origin = OTLPOrigin(resource: [("service.name", "x")], version: "1")
        let json = OTLPMetrics.json([Family("empty", .counter, help: "")], at: 0, from: origin)["resourceMetrics"]?[0]
        #expect(json?["resource"]?["attributes"]?[0]?["key"] == "service.name")
        #expect(json?["scopeMetrics"]?[0]?["scope"]?.text() == #"{"name":"sparring","version":"1"}"#)
        #expect(json?["scopeMetrics"]?[0]?["metrics"]?.text() == "[]")
    }

    @Test(
        "Prometheus' name of a metric has its unit, and the end of a counter",
        arguments: [
            ("sparring.open_streams", .gauge, "{stream}", "sparring_open_streams"),
            ("sparring.uptime", .gauge, "s", "sparring_uptime_seconds"),
            ("sparring.requests", .counter, "{request}", "sparring_requests_total"),
            ("sparring.request_duration", .histogram, "s", "sparring_request_duration_seconds"),
        ] as [(String, MetricFamily.Kind, String, String)])
    func names(name: String, kind: MetricFamily.Kind, unit: String, expected: String) {
        #expect(MetricFamily(name, kind, unit: unit, help: "").prometheusName == expected)
    }

    // MARK: Starts

    @Test(
        "A series counts since the server's start, and after a reset or a pause since the export before",
        arguments: [
            ([1, 5, 5], [10, 10, 10]), ([5, 2, 3], [10, 20, 20]), ([5, nil, 6], [10, nil, 30]), ([nil, 4], [nil, 20]),
        ] as [([Int?], [Int64?])])
    func starts(values: [Int?], expected: [Int64?]) {
        var starts = MetricStarts(10)
        let marked = zip(values, [20, 30, 40] as [Int64]).map { value, now in
            var families = [
                Family("c", .counter, help: "", points: value.map { [Family.Point(Self.labels, .int($0))] } ?? []),
                Family("g", .gauge, help: "", points: [Family.Point([], .int(1))]),
            ]
            starts.mark(&families, at: now)
            #expect(families[1].points[0].start == nil)
            return families[0].points.first?.start
        }
        #expect(marked == expected)
    }

    @Test("Series with other labels have starts of their own, and a histogram falls when its count falls")
    func series() {
        var starts = MetricStarts(10)
        func mark(_ values: [Int], at now: Int64) -> [Int64?] {
            let points = values.enumerated().map { place, count in
                Family.Point(
                    [.init("n", .int(place))],
                    .distribution(MetricDistribution(bounds: [1], counts: [count, 0], sum: Double(10 - count))))
            }
            var families = [Family("h", .histogram, help: "", points: points)]
            starts.mark(&families, at: now)
            return families[0].points.map(\.start)
        }
        #expect(mark([3, 3], at: 20) == [10, 10])
        #expect(mark([4, 2, 1], at: 30) == [10, 20, 20])
    }
}
