import SparringCassette
import SparringExchange
import SparringHTTP
import SparringWire

/// The environment variables that configure every program with OpenTelemetry, if they concern spans.
///
/// Source: https://opentelemetry.io/docs/specs/otel/protocol/exporter/ and
/// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
struct TracingEnvironment {
    /// A variable whose value cannot be used. In that case, traces are off.
    struct Mistake: Error, Hashable, CustomStringConvertible {
        var description: String
    }

    private let variables: [String: String]

    /// - Parameter variables: the variables of the process. An empty value counts as missing.
    init(_ variables: [String: String]) {
        self.variables = variables.filter { !$0.value.isEmpty }
    }

    /// The receiver of spans; nil if traces are off, which is the default.
    func endpoint() throws(Mistake) -> UpstreamAddress? {
        guard variables["OTEL_SDK_DISABLED"]?.lowercased() != "true", variables["OTEL_TRACES_EXPORTER"] != "none",
            let name = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"].first(where: {
                variables[$0] != nil
            }), let value = variables[name]
        else { return nil }
        var text = value
        if name == "OTEL_EXPORTER_OTLP_ENDPOINT" {
            while text.hasSuffix("/") { text.removeLast() }
            text += "/v1/traces"
        }
        guard var address = UpstreamAddress(text) else {
            throw Mistake(
                description: "\(name): '\(value)' is not an address: write it as http://127.0.0.1:4318, without a query"
            )
        }
        // An address without a path means the root path.
        if text.split(separator: "/", omittingEmptySubsequences: true).count < 3 { address.path = "/" }
        if let wanted = variables["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] ?? variables["OTEL_EXPORTER_OTLP_PROTOCOL"],
            !wanted.hasPrefix("http/")
        {
            throw Mistake(
                description:
                    "the protocol '\(wanted)' is not supported: set OTEL_EXPORTER_OTLP_PROTOCOL=http/json "
                    + "and the receiver's endpoint for HTTP, usually port 4318"
            )
        }
        return address
    }

    /// Header fields for every export request, such as a key.
    func headers() throws(Mistake) -> [(name: String, value: String)] {
        let name =
            variables["OTEL_EXPORTER_OTLP_TRACES_HEADERS"] == nil
            ? "OTEL_EXPORTER_OTLP_HEADERS" : "OTEL_EXPORTER_OTLP_TRACES_HEADERS"
        let headers = try pairs(name)
        for (field, value) in headers {
            guard field.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x3A }),
                value.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
            else {
                throw Mistake(description: "\(name): '\(field)' is not a header field: write NAME=VALUE,NAME=VALUE")
            }
        }
        return headers
    }

    /// The time limit of one export request.
    func timeout() throws(Mistake) -> Duration {
        let name =
            variables["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT"] == nil
            ? "OTEL_EXPORTER_OTLP_TIMEOUT" : "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT"
        return .milliseconds(try count(name, 10_000, 1...3_600_000))
    }

    /// The PEM file with the certificates to trust; nil for the system's certificates.
    var certificate: String? {
        variables["OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE"] ?? variables["OTEL_EXPORTER_OTLP_CERTIFICATE"]
    }

    /// - Parameters:
    ///   - version: Sparring's version.
    ///   - scenario: the name of the scenario that the server plays.
    func settings(version: String, scenario: String, seed: UInt64) throws(Mistake) -> SpanExporter.Settings {
        var settings = SpanExporter.Settings()
        settings.sampling = try sampling()
        settings.capacity = try count("OTEL_BSP_MAX_QUEUE_SIZE", settings.capacity, 1...1_000_000)
        settings.batch = min(
            settings.capacity, try count("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", settings.batch, 1...10_000))
        settings.delay = .milliseconds(try count("OTEL_BSP_SCHEDULE_DELAY", 5_000, 1...3_600_000))
        settings.version = version
        settings.resource = try resource(version: version, scenario: scenario, seed: seed)
        return settings
    }

    /// `service.name` comes from the first of these that sets it: OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, the
    /// default `sparring`.
    private func resource(version: String, scenario: String, seed: UInt64) throws(Mistake) -> [(String, String)] {
        var values: [(String, String)] = [
            ("service.name", "sparring"), ("service.version", version), ("telemetry.sdk.name", "sparring"),
            ("telemetry.sdk.language", "swift"), ("telemetry.sdk.version", version), ("sparring.scenario", scenario),
            ("sparring.seed", String(seed)),
        ]
        var given: [(String, String)] = try pairs("OTEL_RESOURCE_ATTRIBUTES").map { ($0.name, $0.value) }
        if let name = variables["OTEL_SERVICE_NAME"] { given.append(("service.name", name)) }
        for (name, value) in given {
            values.removeAll { $0.0 == name }
            values.append((name, value))
        }
        return values
    }

    private func sampling() throws(Mistake) -> TracedCall.Sampling {
        switch variables["OTEL_TRACES_SAMPLER"] {
        case nil, "parentbased_always_on": return .asParent(otherwise: true)
        case "parentbased_always_off": return .asParent(otherwise: false)
        case "always_on": return .always
        case "always_off": return .never
        case let name?:
            throw Mistake(
                description:
                    "OTEL_TRACES_SAMPLER: '\(name)' is not supported: use always_on, always_off, parentbased_always_on or parentbased_always_off"
            )
        }
    }

    private func count(_ name: String, _ usual: Int, _ range: ClosedRange<Int>) throws(Mistake) -> Int {
        guard let text = variables[name] else { return usual }
        guard let value = Int(text), range.contains(value) else {
            throw Mistake(
                description: "\(name): '\(text)' is not a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// `name=value,name=value`, with `%20` and the like in the values.
    private func pairs(_ variable: String) throws(Mistake) -> [(name: String, value: String)] {
        var pairs: [(String, String)] = []
        for entry in (variables[variable] ?? "").split(separator: ",") {
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { $0.trimmed }
            // The entry itself may contain a key.
            guard parts.count == 2, !parts[0].isEmpty else {
                throw Mistake(
                    description:
                        "\(variable): entry \(pairs.count + 1) has no name and value: write NAME=VALUE,NAME=VALUE")
            }
            pairs.append((parts[0], PercentEncoding.decode(parts[1][...])))
        }
        return pairs
    }
}

extension Substring {
    fileprivate var trimmed: String {
        var rest = self[...]
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}
