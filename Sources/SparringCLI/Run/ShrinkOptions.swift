import ArgumentParser

/// The flags of a server that may decide whether a program fails. `shrink` must use the same flags as the first run.
struct ReproductionOptions: SettingOptions {
    @Option(.seed) var seed: String?
    @Option(.fault) var fault: String?
    @Option(.validation) var validation: String?
    @Option(.models) var models: String?
    @Option(.timeScale) var timeScale: String?
    @Option(.retired) var retired: String?
    @Option(.openapi) var openapi: String?
    @Flag(.promptFaults) var promptFaults = false
    @Flag(.tls) var tls = false
    @Flag(.http2) var http2 = false
}

/// The other flags of a server: where the server listens, and what the server keeps and prints. A command that plays a run again accepts
/// these flags, so that the flags of the first run can be repeated unchanged. The command's help does not list them.
struct SurroundingOptions: SettingOptions {
    @Option(.host) var host: String?
    @Option(.port) var port: String?
    @Option(.readyFile) var readyFile: String?
    @Option(.db) var db: String?
    @Option(.dbBudget) var dbBudget: String?
    @Option(.journal) var journal: String?
    @Option(.vocabularies) var vocabularies: String?
    @Option(.adminToken) var adminToken: String?
    @Option(.prices) var prices: String?
    @Option(.tlsCAOut) var tlsCaOut: String?
    @Flag(.isPublic) var `public` = false
    @Flag(.quiet) var quiet = false
}
