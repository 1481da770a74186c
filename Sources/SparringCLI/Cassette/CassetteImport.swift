import ArgumentParser
import Foundation
import SparringCassette
import SparringStore

struct CassetteImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Add the exchanges of other files to a cassette.",
        usage: "sparring cassette import <cassette> <files> ... [OPTIONS]",
        discussion: """
            Formats: \(ImportFormat.list); each file may be compressed with gzip. The format is detected from \
            the content of a file. A folder is read with all its subfolders; a pattern may have *, ?, [...] and **.

            Secrets are masked. A recording is left out if its body cannot be searched for secrets. Recordings that are \
            left out, and files that cannot be read, are listed on standard error; the rest is imported. The exit code \
            is 65 if nothing is imported, or if a file that is named on the command line cannot be read.

              sparring cassette import cassette.sqlite browser.har
              sparring cassette import cassette.sqlite tests/cassettes --session vcr
              sparring cassette import cassette.sqlite 'tests/**/*.yaml'
            """)

    @Argument(help: "The cassette. A missing cassette is created.", completion: .file())
    var cassette: String
    @Argument(help: "Files, folders or patterns.", completion: .file()) var files: [String]
    @Option(help: "The session for exchanges that do not name a session.") var session = "default"
    @Option(
        help: ArgumentHelp("Mask this, too: a rule as in `sparring record --help`. May be repeated.", valueName: "rule")
    )
    var redact: [String] = []

    func run() async throws {
        let settings = try Settings(
            flags: redact.isEmpty ? [:] : [.redact: redact.joined(separator: "\n")], defaultPort: 0)
        var run = ImportRun(cassette: cassette, session: session)
        try run.open(ImportFiles.find(files).filter { $0.isNamed || !$0.isSame(as: cassette) })
        // A new cassette gets the key of the first imported cassette, so that its fingerprints stay valid.
        let adopted = run.headers.first
        let inherited = try (adopted?.masked ?? []).map { try CassetteRedaction.rule($0) }
        let redaction = CassetteRedaction(settings.cassette.redaction.rules + inherited)
        let count = try run.read(redaction, key: adopted?.key)
        guard count > 0 else { throw CommandError("no exchange was added to \(cassette)", .badFile) }
        try StandardOutput.print("\(Counted.exchanges(count)) added to \(cassette)")
        if run.maskedCount > 0 {
            try StandardOutput.print(
                "\(run.maskedCount) of them without a path, because the URI is masked in the file. A replay compares "
                    + "the method and the body of such an exchange, and ignores the path.")
        }
        if run.hasFailed { throw ExitCode.badFile }
    }
}

/// One import. The import reads the sources that can be read, and reports the other sources.
private struct ImportRun {
    let cassette: String
    let session: String
    private var sources: [(source: ImportSource, isNamed: Bool)] = []
    private(set) var headers: [Cassette] = []
    /// Whether a file that the command line names could not be read.
    private(set) var hasFailed = false
    /// The exchanges in the cassette whose URI was masked.
    private(set) var maskedCount = 0

    init(cassette: String, session: String) {
        self.cassette = cassette
        self.session = session
    }

    mutating func open(_ found: [ImportFiles.Found]) throws {
        for file in found {
            do {
                let source = try ImportSource(file.path)
                if let header = try source.cassetteHeader() { headers.append(header) }
                sources.append((source, file.isNamed))
            } catch {
                try fail(file.path, file.isNamed, error)
            }
        }
    }

    /// Reports a file that cannot be read.
    private mutating func fail(_ path: String, _ isNamed: Bool, _ error: any Error) throws {
        hasFailed = hasFailed || isNamed
        try Self.report("not imported: \(path): \(error)")
    }

    /// - Returns: the number of exchanges that were put in the cassette.
    mutating func read(_ redaction: CassetteRedaction, key: FingerprintKey?) throws -> Int {
        guard !sources.isEmpty else { return 0 }
        let place = CassetteLocation(cassette)
        let isNew = !place.exists
        var count = 0
        do {
            let appender = try CassetteAppender(place, redaction: redaction, key: key)
            for (source, isNamed) in sources { count += try read(source, isNamed, appender) }
            try appender.close()
        } catch {
            if isNew { place.remove() }
            throw error
        }
        if count == 0, isNew { place.remove() }
        return count
    }

    private mutating func read(_ source: ImportSource, _ isNamed: Bool, _ appender: CassetteAppender) throws -> Int {
        var count = 0
        // This error is set if the cassette or standard error cannot be written; it ends the import.
        var failure: (any Error)?
        func attempt<Value>(_ body: () throws -> Value) throws -> Value {
            do { return try body() } catch {
                failure = error
                throw error
            }
        }
        var maskedCount = 0
        defer { self.maskedCount += maskedCount }
        func put(_ target: String, _ append: () throws -> Bool) throws -> Bool {
            try attempt {
                let before = appender.leftOut.count
                let isOnCassette = try append()
                for line in appender.leftOut[before...] { try Self.report("left out: \(source.path): \(line)") }
                count += isOnCassette ? 1 : 0
                maskedCount += isOnCassette && MaskedTarget.isMask(target) ? 1 : 0
                return isOnCassette
            }
        }
        let events = { [session] (recording: ImportedExchange) in recording.events(session: session) }
        let sink = ImportSource.Sink(
            recording: { recording in
                try put(recording.target) { try appender.append(events(recording)) }
            },
            exchange: { exchange, key in
                try put(exchange.request.target) { try appender.append(exchange, from: key) }
            },
            leftOut: { line in try attempt { try Self.report("left out: \(source.path): \(line)") } })
        let progress = ImportProgress(source.path, of: source.size)
        do {
            defer { progress.end() }
            _ = try source.read(into: sink) { progress.reached($0) }
        } catch {
            if let failure { throw failure }
            try fail(source.path, isNamed, error)
        }
        return count
    }

    private static func report(_ line: String) throws { try StandardError.write("sparring: \(line)\n") }
}

/// Shows the progress of reading a long file, on the last line of a terminal.
final class ImportProgress {
    private let name: String
    private let size: Int
    private var shown = -1
    private var isTerminal = isatty(2) == 1

    init(_ name: String, of size: Int) {
        self.name = name
        self.size = size
    }

    func reached(_ offset: Int) {
        // A short file is read before a person could see the progress.
        guard isTerminal, size > 1 << 20 else { return }
        let percent = min(100, offset * 100 / size)
        guard percent != shown else { return }
        shown = percent
        let bar = String(repeating: "█", count: percent / 5) + String(repeating: "·", count: 20 - percent / 5)
        draw("\r\(bar) \(percent) % of \(name)")
    }

    func end() { if shown >= 0 { draw("\n") } }

    /// Draws the progress. If the terminal is closed, the import continues without it.
    private func draw(_ text: String) {
        do { try StandardError.write(text) } catch { isTerminal = false }
    }
}
