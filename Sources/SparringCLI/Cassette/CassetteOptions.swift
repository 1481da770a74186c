import ArgumentParser

/// Options about the real API, and about the exchanges to record.
struct UpstreamOptions: SettingOptions {
    @Option(.upstream) var upstream: String?
    @Option(.upstreamKeyEnv) var upstreamKeyEnv: String?
    @Option(.upstreamCA) var upstreamCa: [String] = []
    @Option(.redact) var redact: [String] = []
    @Flag(.keepFailures) var keepFailures = false
}

/// Options for choosing the recording that answers, and for its answer.
struct ReplayOptions: SettingOptions {
    @Option(.onMiss) var onMiss: String?
    @Option(.match) var match: String?
    @Option(.render) var render: String?
    @Option(.ignore) var ignore: [String] = []
    @Option(.repeats) var `repeat`: String?
    @Flag(.order) var order = false
    @Option(.timeScale) var timeScale: String?
}

/// The flags of a server that records or replays exchanges.
struct ListenOptions: SettingOptions {
    @Option(.host) var host: String?
    @Option(.port) var port: String?
    @Option(.readyFile) var readyFile: String?
    @Flag(.tls) var tls = false
    @Option(.tlsCAOut) var tlsCaOut: String?
    @Flag(.quiet) var quiet = false
}
