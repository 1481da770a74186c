import SparringCassette
import SparringExchange
import SparringHTTP
import SparringWire

/// The environment variables that configure every program with OpenTelemetry, if they concern spans or metrics.
///
/// Source: https://opentelemetry.io/docs/specs/otel/protocol/exporter/ and
/// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
struct TracingEnvironment {
    /// A variable whose value cannot be used. If a variable has such a value, the variable's signal is off.
    struct Mistake: Error, Hashable, CustomStringConvertible {
        var description: String
    }

    private let variables: [String: String]

    /// - Parameter variables: the variables of the process. An empty value counts as missing.
    init(_ variables: [String: String]) {
        self.variables = variables.filter { !$0.value.isEmpty }
    }

    /// The receiver of a signal; nil if the signal is off, which is the default.
    func endpoint(of signal: TelemetrySignal) throws(Mistake) -> UpstreamAddress? {
        guard variables["OTEL_SDK_DISABLED"]?.lowercased() != "true", isExported(signal),
            let name = variable("ENDPOINT", signal), let value = variables[name]
        else { return nil }
        var text = value
        if name == "OTEL_EXPORTER_OTLP_ENDPOINT" {
            while text.hasSuffix("/") { text.removeLast() }
            text += signal.path
        }
        guard var address = UpstreamAddress(text) else {
            throw Mistake(
                description: "\(name): '\(value)' is not an address: write it as http://127.0.0.1:4318, without a query"
            )
        }
        // An address without a path means the root path.
        if text.split(separator: "/", omittingEmptySubsequences: true).count < 3 { address.path = "/" }
        if let wanted = setting("PROTOCOL", signal), !wanted.hasPrefix("http/") {
            throw Mistake(
                description:
                    "the protocol '\(wanted)' is not supported: set OTEL_EXPORTER_OTLP_PROTOCOL=http/json "
                    + "and the receiver's endpoint for HTTP, usually port 4318"
            )
        }
        return address
    }

    /// Whether `otlp` is one of the signal's exporters, as it is by default.
    private func isExported(_ signal: TelemetrySignal) -> Bool {
        guard let exporters = variables["OTEL_\(signal.word)_EXPORTER"] else { return true }
        return exporters.split(separator: ",").contains { $0.trimmed == "otlp" }
    }

    /// The variable that applies to the signal: the signal's own variable, or the variable for all signals. Nil if neither variable is set.
    private func variable(_ end: String, _ signal: TelemetrySignal) -> String? {
        ["OTEL_EXPORTER_OTLP_\(signal.word)_\(end)", "OTEL_EXPORTER_OTLP_\(end)"].first { variables[$0] != nil }
    }

    private func setting(_ end: String, _ signal: TelemetrySignal) -> String? {
        variable(end, signal).flatMap { variables[$0] }
    }

    /// Header fields for every export request, such as a key.
    func headers(of signal: TelemetrySignal) throws(Mistake) -> [(name: String, value: String)] {
        guard let name = variable("HEADERS", signal) else { return [] }
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

    /// The time limit of one attempt of an export request.
    func timeout(of signal: TelemetrySignal) throws(Mistake) -> Duration {
        guard let name = variable("TIMEOUT", signal) else { return .seconds(10) }
        return .milliseconds(try count(name, 10_000, 1...3_600_000))
    }

    /// The PEM file with the certificates to trust; nil for the system's certificates.
    func certificate(of signal: TelemetrySignal) -> String? { setting("CERTIFICATE", signal) }

    /// The settings of the export of spans, except the origin of the spans.
    func spanSettings() throws(Mistake) -> SpanExporter.Settings {
        var settings = SpanExporter.Settings()
        settings.sampling = try sampling()
        settings.capacity = try count("OTEL_BSP_MAX_QUEUE_SIZE", settings.capacity, 1...1_000_000)
        settings.batch = min(
            settings.capacity, try count("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", settings.batch, 1...10_000))
        settings.delay = .milliseconds(try count("OTEL_BSP_SCHEDULE_DELAY", 5_000, 1...3_600_000))
        return settings
    }

    /// The settings of the export of metrics, except the origin of the metrics.
    func metricSettings() throws(Mistake) -> MetricExporter.Settings {
        try only("cumulative", in: "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE")
        try only("explicit_bucket_histogram", in: "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION")
        var settings = MetricExporter.Settings()
        settings.interval = .milliseconds(try count("OTEL_METRIC_EXPORT_INTERVAL", 60_000, 1...86_400_000))
        settings.timeout = .milliseconds(try count("OTEL_METRIC_EXPORT_TIMEOUT", 30_000, 1...3_600_000))
        return settings
    }

    private func only(_ supported: String, in name: String) throws(Mistake) {
        guard let value = variables[name], value.lowercased() != supported else { return }
        throw Mistake(description: "\(name): '\(value)' is not supported: use \(supported), or leave it unset")
    }

    /// The program, by the name that spans and metrics use.
    /// - Parameters:
    ///   - version: Sparring's version.
    ///   - scenario: the name of the scenario that the server plays.
    func origin(version: String, scenario: String, seed: UInt64) throws(Mistake) -> OTLPOrigin {
        OTLPOrigin(resource: try resource(version: version, scenario: scenario, seed: seed), version: version)
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
            // The message leaves out the entry, because the entry may contain a key.
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
