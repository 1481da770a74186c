import ArgumentParser
import Foundation
import SparringJSON
import SparringStore
import SparringTape

struct CassetteExport: AsyncParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case jsonl
        case har
        case scenario
    }

    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a tape down in another format.",
        discussion: """
            jsonl keeps everything, an exchange a line, and can be imported again without loss. har is HTTP Archive 1.2, for browsers and
            other tools: without a content coding, and with the pieces of streams in `_pieces`. scenario is YAML for `sparring serve`, made to be
            changed by hand: a rule for each request, the recorded bodies as its steps. With --out, bodies of more than 2048 bytes (with
            --files, all of them) go to files of their own, in a folder beside it.

              sparring cassette export tape.sqlite > tape.jsonl
              sparring cassette export tape.sqlite --format har --out tape.har
              sparring cassette export tape.sqlite --format scenario --out mine.yaml
            """)

    @Argument(help: "The tape.") var tape: String
    @Option(help: "jsonl (the default), har or scenario.") var format = Format.jsonl
    @Option(help: ArgumentHelp("Where to; standard output by default.", valueName: "file")) var out: String?
    @Flag(help: "Of a scenario: every body goes to a file of its own.") var files = false
    @Option(help: "The scheme and host of URLs in a har.") var host = "https://api.openai.com"

    func run() async throws {
        if files, format != .scenario || out == nil {
            throw CommandError(
                "--files goes with --format scenario and --out, whose folder they go to", .usage)
        }
        let recorded = try TapeLocation(tape).read()
        let output = try Self.output(out)
        func write(_ text: String) throws { try output.write(text) }
        switch format {
        case .jsonl:
            try write(TapeLines.header(recorded).text() + "\n")
            for exchange in recorded.exchanges { try write(TapeLines.line(exchange).text() + "\n") }
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
            try write(export.yaml(named: URL(filePath: tape).deletingPathExtension().lastPathComponent))
            for (name, bytes) in export.files { try Self.write(bytes, to: name, besides: out ?? "") }
        }
    }

    /// `mine.yaml` has its files in `mine/`.
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
