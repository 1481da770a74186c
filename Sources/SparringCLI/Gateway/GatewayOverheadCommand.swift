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
            Makes calls through the gateway and directly to its first upstream, in turn, in one run: first one at a time, \
            which measures the delays, then 16 at a time, which measures the answers and streams a second. \
            The direct calls show Sparring's own time and rate, which are the limits of the measurement. With --start, the memory of the gateway's processes is \
            measured too.

            The command refuses to measure on a busy machine. Before, during and after the calls, it measures how much longer \
            computations take than their processor time, and how late timers are.

            --start, --config, --key and --model mean the same as in `sparring gateway check`.

            Exit codes: 0 measured, 69 the gateway could not be started or reached, 70 a bug of sparring, 75 the machine is \
            too busy.
            """)

    @OptionGroup var gateway: GatewayOptions

    @Option(help: ArgumentHelp("The number of calls of each kind.", valueName: "count"))
    var calls = 200

    @Flag(help: "Also measure on a busy machine. The result is then marked as that of a busy machine.")
    var anyway = false

    @Option(help: "The format of the report.")
    var format = GatewayFormat.text

    func run() async throws {
        guard calls > 0 else { throw CommandError("--calls must be at least 1, not \(calls)", .usage) }
        var session = try gateway.session(GatewayAdapter())
        session.keepsConnections = true
        let identity = session.identity
        let overhead: GatewayOverhead
        do {
            overhead = try await session.run(named: GatewayCaseParser.upstreamNames) { ends in
                guard let primary = ends.upstreams.upstreams.first else {
                    throw CommandError("the gateway has no upstream", .internalError)
                }
                let replica = try GatewayOptions.replica(primary.baseURL)
                let direct = try GatewayClient(
                    [replica], as: identity, clock: ends.upstreams.clock, keepsConnections: true)
                defer { direct.close() }
                return try await OverheadRun(
                    gateway: ends.client, direct: direct, upstreams: ends.upstreams, count: calls, isForced: anyway,
                    memory: { Self.memory(of: ends.processes) }
                ).run()
            }
        } catch let error as BusyMachineError {
            throw CommandError("\(error)", .busyMachine)
        }
        switch format {
        case .json: try StandardOutput.print(overhead.json.text())
        case .text: try StandardOutput.write(OverheadText.text(overhead))
        }
    }

    /// nil without processes, and if the memory of one of them is unknown.
    private static func memory(of processes: [GatewayProcess]) -> Int? {
        let each = processes.map(\.memory)
        return each.isEmpty || each.contains(nil) ? nil : each.compactMap(\.self).reduce(0, +)
    }
}
