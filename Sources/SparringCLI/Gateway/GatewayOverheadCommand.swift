import ArgumentParser
import SparringConformance
import SparringDriver
import SparringHTTP
import SparringJSON

struct GatewayOverheadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "overhead",
        abstract: "Measure the delay that a gateway adds to answers.",
        usage: "sparring gateway overhead --through URL [OPTIONS]",
        discussion: """
            Makes calls through the gateway and directly to its first upstream, in turn, in one run. The direct calls show \
            Sparring's own time, below which no delay can be measured. The command refuses to measure on a busy machine.

            --start, --config, --key and --model are those of `sparring gateway check`.
            """)

    @OptionGroup var gateway: GatewayOptions

    @Option(help: ArgumentHelp("How many calls of each kind.", valueName: "count"))
    var calls = 200

    @Option(help: "The format of the report.")
    var format = GatewayFormat.text

    func run() async throws {
        guard calls > 0 else { throw CommandError("--calls is at least 1, not \(calls)", .usage) }
        var session = try gateway.session(GatewayAdapter())
        session.keepsConnections = true
        let identity = session.identity
        let overhead = try await session.run(named: GatewayCaseParser.upstreamNames) { client, upstreams in
            guard let primary = upstreams.upstreams.first else {
                throw CommandError("there is no upstream", .internalError)
            }
            let replica = try GatewayOptions.replica(primary.baseURL)
            let direct = try GatewayClient(
                [replica], as: identity, clock: upstreams.clock, keepsConnections: true)
            defer { direct.close() }
            return try await OverheadRun(gateway: client, direct: direct, upstreams: upstreams, count: calls).run()
        }
        switch format {
        case .json: try StandardOutput.print(overhead.json.text())
        case .text: try StandardOutput.write(Self.text(overhead))
        }
    }

    private static func text(_ overhead: GatewayOverhead) -> String {
        let head = ["ms", "direct", "p99", "through", "p99", "added at the median"]
        let rows = overhead.series.map { series in
            [
                series.name, milliseconds(0.5, series.direct), milliseconds(0.99, series.direct),
                milliseconds(0.5, series.through), milliseconds(0.99, series.through), rounded(series.added),
            ]
        }
        let failures = overhead.failures > 0 ? "\(overhead.failures) calls failed and do not count.\n" : ""
        return TextTable.lines([head] + rows).map { $0 + "\n" }.joined() + failures
    }

    private static func milliseconds(_ share: Double, _ values: [Double]) -> String {
        rounded(GatewayOverhead.Series.quantile(share, of: values))
    }

    private static func rounded(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
}
