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

struct CassetteImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Put exchanges of other files on a tape.",
        discussion: """
            HAR (.har), the YAML of VCR.py (.yaml, .yml), flows of mitmproxy (.mitm, .flow, .flows, .dump), JSON Lines (.jsonl) and other tapes.
            Secrets are masked on the way, inside gzip, deflate and base64 too. An exchange with a body in another coding, in which a secret
            could hide, is left out, and its line on standard error says so. A HAR or a file of flows of any size is read in the memory of its
            largest entry.

              sparring cassette import tape.sqlite browser.har
              sparring cassette import tape.sqlite tests/cassettes/*.yaml --session vcr
            """)

    @Argument(help: "The tape; made where it is missing.") var tape: String
    @Argument(help: "What to put on it.") var files: [String]
    @Option(help: "The session of exchanges that name none.") var session = "default"
    @Option(
        help: ArgumentHelp("Mask this as well; see `sparring record --help`. May be repeated.", valueName: "rule"))
    var redact: [String] = []

    func run() async throws {
        let settings = try Settings(
            flags: redact.isEmpty ? [:] : [.redact: redact.joined(separator: "\n")], defaultPort: 0)
        let sources = try files.map { try ImportSource($0) }
        // A new tape takes the key of the first tape that goes onto it: its fingerprints stay good.
        let adopted = try sources.lazy.compactMap { try $0.tapeHeader() }.first
        let inherited = try (adopted?.masked ?? []).map { try TapeRedaction.rule($0) }
        let rules = settings.tape.redaction.rules + inherited
        let appender = try TapeAppender(TapeLocation(tape), redaction: TapeRedaction(rules), key: adopted?.key)
        var count = 0
        for source in sources {
            let progress = Progress(source.path, of: source.size)
            let before = appender.leftOut.count
            count += try source.read(onto: appender, session: session) { progress.reached($0) }
            progress.end()
            for line in appender.leftOut[before...] {
                try StandardError.write("sparring: left out: \(source.path): \(line)\n")
            }
        }
        try appender.close()
        if count == 0, !appender.leftOut.isEmpty {
            throw CommandError("nothing was put on \(tape): every exchange was left out", .badFile)
        }
        try StandardOutput.print("\(Counted.exchanges(count)) put on \(tape)")
    }
}

/// How far a long file has been read, on a terminal's last line.
final class Progress {
    private let name: String
    private let size: Int
    private var shown = -1
    private var isTerminal = isatty(2) == 1

    init(_ name: String, of size: Int) {
        self.name = name
        self.size = size
    }

    func reached(_ offset: Int) {
        // Short files are over before anybody could read it.
        guard isTerminal, size > 1 << 20 else { return }
        let percent = min(100, offset * 100 / size)
        guard percent != shown else { return }
        shown = percent
        let bar = String(repeating: "█", count: percent / 5) + String(repeating: "·", count: 20 - percent / 5)
        draw("\r\(bar) \(percent) % of \(name)")
    }

    func end() { if shown >= 0 { draw("\n") } }

    /// A terminal that has gone takes no progress with it: the work goes on without a bar.
    private func draw(_ text: String) {
        do { try StandardError.write(text) } catch { isTerminal = false }
    }
}
