import ArgumentParser

/// The flags that every command with a server takes. Each has an environment variable `SPARRING_<FLAG>` and a key in `sparring.yaml`.
struct ServerOptions: ParsableArguments {
    @Option(help: "The address to listen on; the loopback default answers on ::1 as well.")
    var host: String?

    @Option(help: "The port to listen on.")
    var port: Int?

    @Option(help: "Where to write the base URL once the server accepts connections; - is standard output.")
    var readyFile: String?

    @Option(help: "The seed of everything random; the same seed gives the same run.")
    var seed: UInt64?

    @Option(
        help: """
            How strictly requests are held against the API: strict refuses what it refuses; lenient leaves out what it \
            complains about; examples makes up what is missing, too. Strict unless told or the scenario says.
            """)
    var validation: String?

    @Option(
        help: ArgumentHelp(
            "Break every answer whose step orders nothing else, such as 'reset at event 5'; `sparring faults` lists them."
        ))
    var fault: String?

    @Option(
        help:
            "How long a second of a session takes: with 0.01 a minute of pauses, windows and waits is over after 0.6 s."
    )
    var timeScale: Double?

    @Option(
        help: ArgumentHelp(
            "Keep the journal, files and batches in this SQLite file; made where it is missing.", valueName: "file"))
    var db: String?

    @Option(
        help: "Bytes that bodies may take in that file, such as 500MB; those of the oldest go first. 1GiB unless told.")
    var dbBudget: String?

    @Option(help: "What that file keeps: full, heads (no bodies) or off (nothing).")
    var journal: String?

    @Option(
        help: ArgumentHelp(
            "Look for vocabularies in this directory alone; see `sparring tokens`.", valueName: "dir"))
    var vocabularies: String?

    @Option(help: "What the admin API wants to be shown; needed where others than this machine reach the server.")
    var adminToken: String?

    @Option(
        help: ArgumentHelp("Prices that go before the built-in ones, for GET /_sparring/usage.", valueName: "file"))
    var prices: String?

    @Option(
        help: ArgumentHelp(
            "Answer operations without an emulation by examples from this OpenAPI document.", valueName: "file"))
    var openapi: String?

    @Flag(help: "Let a phrase in the prompt order faults: [[sparring: reset at event 2]].")
    var promptFaults = false

    @Flag(help: "Listen with TLS, with certificates made for this server; programs that it starts trust them.")
    var tls = false

    @Flag(
        name: .customLong("http2"),
        help: """
            Speak HTTP/2 beside HTTP/1.1: with --tls to who asks for it (ALPN), else to who begins with it (prior knowledge).
            """)
    var speaksHTTP2 = false

    @Option(
        help: ArgumentHelp("Keep the certificate of the authority behind --tls in this file (PEM).", valueName: "file"))
    var tlsCaOut: String?

    @Flag(name: .customLong("public"), help: "Others are meant to reach the server: do not warn of it.")
    var isPublic = false

    @Flag(help: "Print nothing but errors.")
    var quiet = false

    /// The flags as settings, for `Settings`.
    var flags: [Settings.Key: String] {
        var flags: [Settings.Key: String] = [:]
        flags[.host] = host
        flags[.port] = port.map(String.init)
        flags[.readyFile] = readyFile
        flags[.seed] = seed.map { String($0) }
        flags[.validation] = validation
        flags[.fault] = fault
        flags[.timeScale] = timeScale.map { String($0) }
        flags[.db] = db
        flags[.dbBudget] = dbBudget
        flags[.journal] = journal
        flags[.vocabularies] = vocabularies
        flags[.adminToken] = adminToken
        flags[.prices] = prices
        flags[.openapi] = openapi
        flags[.promptFaults] = promptFaults ? "true" : nil
        flags[.tls] = tls ? "true" : nil
        flags[.http2] = speaksHTTP2 ? "true" : nil
        flags[.tlsCAOut] = tlsCaOut
        flags[.isPublic] = isPublic ? "true" : nil
        flags[.quiet] = quiet ? "true" : nil
        return flags
    }
}
