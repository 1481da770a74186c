import ArgumentParser
import Foundation
import SparringStore
import SparringTape

struct CassetteScrub: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scrub", abstract: "Mask secrets on a tape that is there.",
        discussion: """
            The tape is written anew, so that no page of the file keeps what was taken out. Requests that are changed lose their fingerprint:
            they are found as the same JSON from then on. Without --redact, what is masked anyway is masked again, by today's list.

              sparring cassette scrub tape.sqlite --redact '$.metadata.mail' --redact 'header:X-Tenant'
            """)

    @Argument(help: "The tape.") var tape: String
    @Option(
        help: ArgumentHelp(
            "Mask this: header:X-Name, query:name, a path such as $.metadata.mail, or a pattern between slashes.",
            valueName: "rule"))
    var redact: [String] = []

    func run() async throws {
        let settings = try Settings(
            flags: redact.isEmpty ? [:] : [.redact: redact.joined(separator: "\n")], defaultPort: 0)
        var recorded = try TapeLocation(tape).read()
        let redaction = settings.tape.redaction
        let before = recorded.exchanges
        // One that cannot be searched is left out, and named, when the tape is written.
        recorded.exchanges = before.map { (try? $0.masked(by: redaction)) ?? $0 }
        let rules = try recorded.masked.map { try TapeRedaction.rule($0) } + redaction.rules
        try Cassette.replace(tape, with: recorded, redaction: TapeRedaction(rules))
        let changed = zip(before, recorded.exchanges).count { $0 != $1 }
        try StandardOutput.print("\(changed) of \(Counted.exchanges(before.count)) changed")
    }
}

struct CassetteTrim: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trim", abstract: "Take exchanges off a tape.",
        discussion: """
            Without a choice, those that cannot answer: what was not recorded to its end.

              sparring cassette trim tape.sqlite
              sparring cassette trim tape.sqlite --failures --session draft
              sparring cassette trim tape.sqlite --repeats
            """)

    @Argument(help: "The tape.") var tape: String
    @Flag(help: "Those that failed: 4xx, 5xx, cut.") var failures = false
    @Flag(help: "Of each request, every recording but the last.") var repeats = false
    @Option(help: "Those of this session. May be repeated.") var session: [String] = []

    func run() async throws {
        var recorded = try TapeLocation(tape).read()
        let before = recorded.exchanges.count
        recorded.exchanges.removeAll { exchange in
            exchange.ending == .unfinished || (failures && exchange.isFailure) || session.contains(exchange.session)
        }
        if repeats { recorded.dropRepeats() }
        let rules = try recorded.masked.map { try TapeRedaction.rule($0) }
        try Cassette.replace(tape, with: recorded, redaction: TapeRedaction(rules))
        try StandardOutput.print("\(before - recorded.exchanges.count) of \(Counted.exchanges(before)) taken off")
    }
}

struct CassetteMerge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Put the exchanges of several tapes on one, in the order in which they began.",
        discussion: """
              sparring cassette merge all.sqlite monday.sqlite tuesday.sqlite
            """)

    @Argument(help: "The tape that is made; there must be none of that name.") var into: String
    @Argument(help: "The tapes.") var tapes: [String]

    func run() async throws {
        guard !FileManager.default.fileExists(atPath: into) else {
            throw CommandError("\(into) is there already", .usage)
        }
        let recorded = try tapes.map { try TapeLocation($0).read() }
        var whole = Tape(key: recorded.first?.key ?? .random())
        for tape in recorded {
            whole.masked += tape.masked.filter { !whole.masked.contains($0) }
            whole.exchanges += tape.exchanges.map { exchange in
                var exchange = exchange
                if tape.key != whole.key { exchange.request.fingerprint = nil }
                return exchange
            }
        }
        whole.exchanges = whole.exchanges.enumerated().sorted {
            ($0.element.startedAt, $0.offset) < ($1.element.startedAt, $1.offset)
        }.map(\.element)
        let rules = try whole.masked.map { try TapeRedaction.rule($0) }
        try Cassette.write(whole, to: TapeLocation(into), redaction: TapeRedaction(rules))
        try StandardOutput.print("\(Counted.exchanges(whole.exchanges.count)) put on \(into)")
    }
}
