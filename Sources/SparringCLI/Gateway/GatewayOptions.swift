import ArgumentParser
import SparringCassette
import SparringConformance
import SparringDriver
import SparringHTTP

/// Options for the gateway's address, its start, and the keys and model that Sparring uses.
struct GatewayOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Base URLs of the gateway's replicas, separated by commas.", valueName: "url"))
    var through: String

    @Option(help: ArgumentHelp("The command line that starts the gateway.", valueName: "cmd"))
    var start: String?

    @Option(help: ArgumentHelp("A template of the gateway's configuration file.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("The key that the client sends. The default is sk-gateway-client.", valueName: "key"))
    var key: String?

    @Option(help: ArgumentHelp("The model that the client asks for. The default is gpt-4o-mini.", valueName: "name"))
    var model: String?

    @Option(
        help: ArgumentHelp(
            "The port of the first upstream. The default is 8080, or a free port with --start.", valueName: "port"))
    var port: Int?

    @Option(help: ArgumentHelp("How long the gateway may take to start.", valueName: "seconds"))
    var patience = 60

    /// - Throws: `CommandError` if an option is invalid.
    func session(_ known: GatewayAdapter) throws -> GatewaySession {
        let replicas = try through.split(separator: ",").map { try Self.replica(String($0)) }
        guard !replicas.isEmpty else { throw CommandError("--through has no URL", .usage) }
        if let port, !(0...65_000).contains(port) {
            throw CommandError("--port must be from 0 to 65000, not \(port)", .usage)
        }
        if config != nil, start == nil {
            throw CommandError("--config is used only with --start; add --start", .usage)
        }
        var keys = known.keys
        keys[.usual] = key ?? keys[.usual] ?? "sk-gateway-client"
        let identity = GatewayClient.Identity(keys: keys, model: model ?? known.model ?? "gpt-4o-mini")
        return GatewaySession(
            replicas: replicas, identity: identity, start: start, config: config, port: port,
            patience: .seconds(patience))
    }

    static func replica(_ text: String) throws -> GatewayClient.Replica {
        guard let address = UpstreamAddress(text) else {
            throw CommandError("--through: '\(text)' is not a base URL such as http://localhost:4000/v1", .usage)
        }
        return GatewayClient.Replica(
            server: UpstreamClient.Server(host: address.host, port: address.port, isTLS: address.isTLS),
            path: address.path, url: text)
    }

    /// The options of this run, for the command that repeats a case.
    var words: [String] {
        var words = ["--through", through]
        let options = [
            ("--start", start), ("--config", config), ("--key", key), ("--model", model),
            ("--port", port.map(String.init)),
        ]
        for (name, value) in options { if let value { words += [name, value] } }
        return words
    }
}
