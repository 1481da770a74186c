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
        commandName: "export", abstract: "Write a tape in another format.",
        discussion: """
            jsonl: everything, one exchange per line. It can be imported again without loss.

            har: HTTP Archive 1.2, for browsers and other tools. Bodies are decoded; the pieces of a stream are in `_pieces`.

            scenario: YAML for `sparring serve`, to be edited by hand. Each request is a rule, and the recorded bodies \
            are its steps. With --out, bodies of more than 2048 bytes (with --files, all bodies) go to files of their \
            own, in a folder beside the scenario.

              sparring cassette export tape.sqlite > tape.jsonl
              sparring cassette export tape.sqlite --format har --out tape.har
              sparring cassette export tape.sqlite --format scenario --out mine.yaml
            """)

    @Argument(help: "The tape.") var tape: String
    @Option(help: "The format: jsonl (default), har or scenario.") var format = Format.jsonl
    @Option(help: ArgumentHelp("Write to this file. The default is standard output.", valueName: "file"))
    var out: String?
    @Flag(help: "With --format scenario: write every body to a file of its own.") var files = false
    @Option(help: "With --format har: the scheme and host of the URLs.") var host = "https://api.openai.com"

    func run() async throws {
        if files, format != .scenario || out == nil {
            throw CommandError(
                "--files needs --format scenario and --out FILE", .usage)
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

    /// The body files of `mine.yaml` are in `mine/`.
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
        commandName: "import", abstract: "Add the exchanges of other files to a tape.",
        discussion: """
            Reads HAR (.har), YAML of VCR.py (.yaml, .yml), flows of mitmproxy (.mitm, .flow, .flows, .dump), JSON \
            Lines (.jsonl) and other tapes.

            Secrets are masked, also inside gzip, deflate and base64. An exchange whose body has another coding could \
            hide a secret: it is left out, with a line on standard error. Reading a HAR or a file of flows takes the \
            memory of its largest entry.

              sparring cassette import tape.sqlite browser.har
              sparring cassette import tape.sqlite tests/cassettes/*.yaml --session vcr
            """)

    @Argument(help: "The tape. A missing tape is created.") var tape: String
    @Argument(help: "The files to import.") var files: [String]
    @Option(help: "The session of exchanges that do not name one.") var session = "default"
    @Option(
        help: ArgumentHelp("Mask this as well; see `sparring record --help`. May be repeated.", valueName: "rule"))
    var redact: [String] = []

    func run() async throws {
        let settings = try Settings(
            flags: redact.isEmpty ? [:] : [.redact: redact.joined(separator: "\n")], defaultPort: 0)
        let sources = try files.map { try ImportSource($0) }
        // A new tape takes the key of the first imported tape, so that the fingerprints stay valid.
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
            throw CommandError("no exchange was added to \(tape): every one was left out", .badFile)
        }
        try StandardOutput.print("\(Counted.exchanges(count)) added to \(tape)")
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
        // A short file is read before a bar could be seen.
        guard isTerminal, size > 1 << 20 else { return }
        let percent = min(100, offset * 100 / size)
        guard percent != shown else { return }
        shown = percent
        let bar = String(repeating: "█", count: percent / 5) + String(repeating: "·", count: 20 - percent / 5)
        draw("\r\(bar) \(percent) % of \(name)")
    }

    func end() { if shown >= 0 { draw("\n") } }

    /// If the terminal has gone, the work continues without a bar.
    private func draw(_ text: String) {
        do { try StandardError.write(text) } catch { isTerminal = false }
    }
}
