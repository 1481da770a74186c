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
        ] as [([String: String], String?)])
    func endpoint(variables: [String: String], expected: String?) throws {
        #expect(try TracingEnvironment(variables).endpoint()?.description == expected)
    }

    @Test(
        "A value that cannot be used is a mistake that names its variable",
        arguments: [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318"), ("OTEL_EXPORTER_OTLP_HEADERS", "novalue"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "a=b%0d%0ac"), ("OTEL_EXPORTER_OTLP_TIMEOUT", "soon"),
            ("OTEL_TRACES_SAMPLER", "traceidratio"), ("OTEL_BSP_MAX_QUEUE_SIZE", "0"),
            ("OTEL_RESOURCE_ATTRIBUTES", "=x"),
        ])
    func mistakes(name: String, value: String) {
        let environment = TracingEnvironment([name: value])
        let error = #expect(throws: TracingEnvironment.Mistake.self) {
            _ = try environment.endpoint()
            _ = try environment.headers()
            _ = try environment.timeout()
            _ = try environment.settings(version: "1", scenario: "s", seed: 1)
        }
        #expect(error?.description.hasPrefix("\(name): ") == true)
    }

    @Test("The message about a header without a name does not contain the header, because it may be a key")
    func secret() {
        let environment = TracingEnvironment(["OTEL_EXPORTER_OTLP_HEADERS": "a=1,sk-secret"])
        let error = #expect(throws: TracingEnvironment.Mistake.self) { try environment.headers() }
        #expect(
            error?.description
                == "OTEL_EXPORTER_OTLP_HEADERS: entry 2 has no name and value: write NAME=VALUE,NAME=VALUE")
    }

    @Test("A protocol without HTTP is refused, because spans are sent as JSON over HTTP")
    func grpc() {
        let environment = TracingEnvironment([
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://h:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
        ])
        #expect(throws: TracingEnvironment.Mistake.self) { try environment.endpoint() }
    }

    @Test("Headers, time limit and resource follow the environment, and the service's own variable takes precedence")
    func values() throws {
        let environment = TracingEnvironment([
            "OTEL_EXPORTER_OTLP_HEADERS": "a=1, b = x%20y=z", "OTEL_EXPORTER_OTLP_TIMEOUT": "250",
            "OTEL_RESOURCE_ATTRIBUTES": "service.name=other,team=red", "OTEL_SERVICE_NAME": "mine",
            "OTEL_BSP_MAX_QUEUE_SIZE": "10", "OTEL_TRACES_SAMPLER": "always_off",
        ])
        let headers = try environment.headers()
        #expect(headers.map(\.name) == ["a", "b"] && headers.map(\.value) == ["1", "x y=z"])
        #expect(try environment.timeout() == .milliseconds(250))
        let settings = try environment.settings(version: "1.2", scenario: "hello", seed: 7)
        let resource = Dictionary(uniqueKeysWithValues: settings.resource)
        #expect(resource["service.name"] == "mine" && resource["team"] == "red" && resource["sparring.seed"] == "7")
        #expect(settings.capacity == 10 && settings.batch == 10 && settings.sampling == .never)
        let usual = try TracingEnvironment([:]).settings(version: "1", scenario: "s", seed: 1)
        #expect(usual.resource.contains { $0 == ("service.name", "sparring") } && usual.batch == 512)
    }
}
