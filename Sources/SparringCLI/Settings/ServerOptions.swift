import ArgumentParser

/// The flags of every command that starts a server.
struct ServerOptions: SettingOptions {
    @Option(.host) var host: String?
    @Option(.port) var port: String?
    @Option(.readyFile) var readyFile: String?
    @Option(.seed) var seed: String?
    @Option(.validation) var validation: String?
    @Option(.models) var models: String?
    @Option(.fault) var fault: String?
    @Option(.timeScale) var timeScale: String?
    @Option(.db) var db: String?
    @Option(.dbBudget) var dbBudget: String?
    @Option(.journal) var journal: String?
    @Option(.vocabularies) var vocabularies: String?
    @Option(.adminToken) var adminToken: String?
    @Option(.prices) var prices: String?
    @Option(.openapi) var openapi: String?
    @Option(.retired) var retired: String?
    @Flag(.promptFaults) var promptFaults = false
    @Flag(.tls) var tls = false
    @Flag(.http2) var http2 = false
    @Option(.tlsCAOut) var tlsCaOut: String?
    @Flag(.isPublic) var `public` = false
    @Flag(.quiet) var quiet = false
}
