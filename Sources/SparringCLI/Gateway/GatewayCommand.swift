import ArgumentParser
import SparringConformance
import SparringScenario

struct GatewayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway",
        abstract: "Grade a gateway from both ends: as its clients and as its upstreams.",
        subcommands: [GatewayCheck.self, GatewayReportCommand.self, GatewayOverheadCommand.self, GatewayCases.self])
}

struct GatewayCases: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cases", abstract: "List the cases for gateways.")

    func run() throws {
        let rows = try GatewayCaseFiles.builtIn().map { subject in
            [subject.id, subject.level.rawValue.uppercased(), subject.title]
        }
        try StandardOutput.write(TextTable.lines(rows).map { $0 + "\n" }.joined())
    }
}
