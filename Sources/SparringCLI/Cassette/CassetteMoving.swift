import ArgumentParser
import Foundation
import SparringCassette
import SparringJSON
import SparringStore

struct CassetteExport: AsyncParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case jsonl
        case har
        case scenario
    }

    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a cassette in another format.",
        usage: "sparring cassette export <cassette> [OPTIONS]",
        discussion: """
            jsonl: everything, one exchange per line. This format can be imported again without loss.

            har: HTTP Archive 1.2, for browsers and other tools. Bodies are decoded; the pieces of a stream are in `_pieces`.

            scenario: YAML for `sparring serve`, to be edited by hand. Each request is a rule, and the recorded bodies \
            are its steps. With --out, bodies of more than 2048 bytes (with --files, all bodies) go to files of their \
            own, in a folder next to the scenario.

              sparring cassette export cassette.sqlite > cassette.jsonl
              sparring cassette export cassette.sqlite --format har --out cassette.har
              sparring cassette export cassette.sqlite --format scenario --out mine.yaml
            """)

    @Argument(help: "The cassette.", completion: .file()) var cassette: String
    @Option(help: "The format to write.") var format = Format.jsonl
    @Option(help: ArgumentHelp("Write to this file. The default is standard output.", valueName: "file"))
    var out: String?
    @Flag(help: "With --format scenario: write every body to a file of its own.") var files = false
    @Option(help: "With --format har: the scheme and host of the URLs.") var host = "https://api.openai.com"

    func run() async throws {
        if files, format != .scenario || out == nil {
            throw CommandError(
                "--files needs --format scenario and --out FILE", .usage)
        }
        let recorded = try CassetteLocation(cassette).read()
        let output = try Self.output(out)
        func write(_ text: String) throws { try output.write(text) }
        switch format {
        case .jsonl:
            try write(CassetteLines.header(recorded).text() + "\n")
            for exchange in recorded.exchanges { try write(CassetteLines.line(exchange).text() + "\n") }
        case .har:
            let frame = HARFormat.frame(version: Version.text)
            try write(frame.before)
            for (index, exchange) in recorded.exchanges.enumerated() {
                try write((index == 0 ? "" : ",\n") + HARFormat.entry(exchange, host: host).text())
            }
            try write(frame.after)
        case .scenario:
            var export = ScenarioExport(placement)
            for exchange in recorded.exchanges { export.add(exchange) }
            for line in export.left { try StandardError.write("sparring: left out: \(line)\n") }
            try write(export.yaml(named: URL(filePath: cassette).deletingPathExtension().lastPathComponent))
            for (name, bytes) in export.files { try Self.write(bytes, to: name, besides: out ?? "") }
        }
    }

    /// For `mine.yaml`, the body files are in `mine/`.
    private var placement: ScenarioExport.Placement {
        guard let out else { return ScenarioExport.Placement() }
        let folder = URL(filePath: out).deletingPathExtension().lastPathComponent
        let name = folder == URL(filePath: out).lastPathComponent ? folder + "-bodies" : folder
        return ScenarioExport.Placement(folder: name, longestInline: files ? 0 : ScenarioExport.Placement.usual)
    }

    private static func write(_ bytes: [UInt8], to name: String, besides scenario: String) throws {
        let file = URL(filePath: scenario).deletingLastPathComponent().appending(path: name)
        try OutputFiles.write(bytes, to: file.relativePath)
    }

    private static func output(_ path: String?) throws(OutputError) -> Output {
        guard let path else { return .standardOutput }
        return try Output(creating: path)
    }
}
