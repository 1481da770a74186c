import SparringCassette
import SparringExchange
import SparringHTTP
import Testing

@testable import SparringCLI

@Suite("The environment of traces")
struct TracingEnvironmentTests {
    @Test(
        "The environment decides where traces are sent, and by default they are not sent",
        arguments: [
            ([:], nil), (["OTEL_EXPORTER_OTLP_ENDPOINT": ""], nil),
            (["OTEL_EXPORTER_OTLP_ENDPOINT": "http://h:4318"], "http://h:4318/v1/traces"),
            (["OTEL_EXPORTER_OTLP_ENDPOINT": "https://h/base/"], "https://h/base/v1/traces"),
            (["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://h:1/x"], "http://h:1/x"),
            (["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://h:1"], "http://h:1/"),
            (
                ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://a", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://b/t"],
                "http://b/t"
            ),
            (["OTEL_EXPORTER_OTLP_ENDPOINT": "http://h", "OTEL_SDK_DISABLED": "true"], nil),
            (["OTEL_EXPORTER_OTLP_ENDPOINT": "http://h", "OTEL_TRACES_EXPORTER": "none"], nil),
            (["OTEL_EXPORTER_OTLP_ENDPOINT": "http://h", "OTEL_METRICS_EXPORTER": "none"], "http://h/v1/traces"),
            (["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://h"], nil),
        ] as [([String: String], String?)])
    func endpoint(variables: [String: String], expected: String?) throws {
        #expect(try TracingEnvironment(variables).endpoint(of: .traces)?.description == expected)
    }

    @Test(
        "A value that cannot be used is a mistake that names its variable",
        arguments: [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318"), ("OTEL_EXPORTER_OTLP_HEADERS", "novalue"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "a=b%0d%0ac"), ("OTEL_EXPORTER_OTLP_TIMEOUT", "soon"),
            ("OTEL_TRACES_SAMPLER", "traceidratio"), ("OTEL_BSP_MAX_QUEUE_SIZE", "0"),
            ("OTEL_RESOURCE_ATTRIBUTES", "=x"), ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "h"),
            ("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "a"), ("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "0"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "1m"), ("OTEL_METRIC_EXPORT_TIMEOUT", "-1"),
            ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "delta"),
            ("OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION", "base2_exponential_bucket_histogram"),
        ])
    func mistakes(name: String, value: String) {
        let environment = TracingEnvironment([name: value])
        let error = #expect(throws: TracingEnvironment.Mistake.self) {
            for signal in TelemetrySignal.allCases {
                _ = try environment.endpoint(of: signal)
                _ = try environment.headers(of: signal)
                _ = try environment.timeout(of: signal)
            }
            _ = try environment.spanSettings()
            _ = try environment.metricSettings()
            _ = try environment.origin(version: "1", scenario: "s", seed: 1)
        }
        #expect(error?.description.hasPrefix("\(name): ") == true)
    }

    @Test("The message about a header without a name does not contain the header, because it may be a key")
    func secret() {
        let environment = TracingEnvironment(["OTEL_EXPORTER_OTLP_HEADERS": "a=1,sk-secret"])
        let error = #expect(throws: TracingEnvironment.Mistake.self) { try environment.headers(of: .traces) }
        #expect(
            error?.description
                == "OTEL_EXPORTER_OTLP_HEADERS: entry 2 has no name and value: write NAME=VALUE,NAME=VALUE")
    }

    @Test("A protocol without HTTP is refused, because spans are sent as JSON over HTTP")
    func grpc() {
        let environment = TracingEnvironment([
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://h:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
        ])
        #expect(throws: TracingEnvironment.Mistake.self) { try environment.endpoint(of: .metrics) }
    }

    @Test("Headers, time limit and resource follow the environment, and the service's own variable takes precedence")
    func values() throws {
        let environment = TracingEnvironment([
            "OTEL_EXPORTER_OTLP_HEADERS": "a=1, b = x%20y=z", "OTEL_EXPORTER_OTLP_TIMEOUT": "250",
            "OTEL_RESOURCE_ATTRIBUTES": "service.name=other,team=red", "OTEL_SERVICE_NAME": "mine",
            "OTEL_BSP_MAX_QUEUE_SIZE": "10", "OTEL_TRACES_SAMPLER": "always_off",
        ])
        let headers = try environment.headers(of: .traces)
        #expect(headers.map(\.name) == ["a", "b"] && headers.map(\.value) == ["1", "x y=z"])
        #expect(try environment.timeout(of: .traces) == .milliseconds(250))
        let settings = try environment.spanSettings()
        let resource = Dictionary(
            uniqueKeysWithValues: try environment.origin(version: "1.2", scenario: "hello", seed: 7).resource)
        #expect(resource["service.name"] == "mine" && resource["team"] == "red" && resource["sparring.seed"] == "7")
        #expect(settings.capacity == 10 && settings.batch == 10 && settings.sampling == .never)
        let usual = try TracingEnvironment([:]).origin(version: "1", scenario: "s", seed: 1)
        #expect(usual.resource.contains { $0 == ("service.name", "sparring") } && usual.version == "1")
        #expect(try TracingEnvironment([:]).spanSettings().batch == 512)
    }

    @Test(
        "The environment decides where metrics are sent, and by default they are not sent",
        arguments: [
            ([:], nil), (["OTEL_EXPORTER_OTLP_ENDPOINT": "http://h:4318/"], "http://h:4318/v1/metrics"),
            (["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://h:1/x"], "http://h:1/x"),
            (["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://h:1/x"], nil),
            (["OTEL_EXPORTER_OTLP_ENDPOINT": "http://h", "OTEL_SDK_DISABLED": "true"], nil),
            (["OTEL_EXPORTER_OTLP_ENDPOINT": "http://h", "OTEL_METRICS_EXPORTER": "none"], nil),
            (["OTEL_EXPORTER_OTLP_ENDPOINT": "http://h", "OTEL_METRICS_EXPORTER": "prometheus"], nil),
            (
                ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://h", "OTEL_METRICS_EXPORTER": "console, otlp"],
                "http://h/v1/metrics"
            ),
            (["OTEL_EXPORTER_OTLP_ENDPOINT": "http://h", "OTEL_TRACES_EXPORTER": "none"], "http://h/v1/metrics"),
        ] as [([String: String], String?)])
    func metrics(variables: [String: String], expected: String?) throws {
        #expect(try TracingEnvironment(variables).endpoint(of: .metrics)?.description == expected)
    }

    @Test("The variables of metrics take precedence over those of all signals, and do not change traces")
    func precedence() throws {
        let environment = TracingEnvironment([
            "OTEL_EXPORTER_OTLP_HEADERS": "a=1", "OTEL_EXPORTER_OTLP_METRICS_HEADERS": "b=2",
            "OTEL_EXPORTER_OTLP_TIMEOUT": "250", "OTEL_EXPORTER_OTLP_METRICS_TIMEOUT": "300",
            "OTEL_EXPORTER_OTLP_CERTIFICATE": "all.pem", "OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE": "one.pem",
            "OTEL_METRIC_EXPORT_INTERVAL": "1500", "OTEL_METRIC_EXPORT_TIMEOUT": "700",
            "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "Cumulative",
        ])
        #expect(try environment.headers(of: .metrics).map(\.name) == ["b"])
        #expect(try environment.headers(of: .traces).map(\.name) == ["a"])
        #expect(try environment.timeout(of: .metrics) == .milliseconds(300))
        #expect(try environment.timeout(of: .traces) == .milliseconds(250))
        #expect(environment.certificate(of: .metrics) == "one.pem" && environment.certificate(of: .traces) == "all.pem")
        let settings = try environment.metricSettings()
        #expect(settings.interval == .milliseconds(1500) && settings.timeout == .milliseconds(700))
        let usual = try TracingEnvironment([:]).metricSettings()
        #expect(usual.interval == .seconds(60) && usual.timeout == .seconds(30))
    }
}
