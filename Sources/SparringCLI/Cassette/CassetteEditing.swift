import ArgumentParser
import Foundation
import SparringCassette
import SparringStore

struct CassetteScrub: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scrub", abstract: "Mask secrets in an existing cassette.",
        discussion: """
            Rewrites the whole cassette, so that no masked text stays in the file. A changed request loses its \
            fingerprint; from then on the request matches by its JSON. Without --redact the built-in rules are applied again.

              sparring cassette scrub cassette.sqlite --redact '$.metadata.mail'
              sparring cassette scrub cassette.sqlite --redact 'header:X-Tenant'
            """)

    @Argument(help: "The cassette.", completion: .file()) var cassette: String
    @Option(
        help: ArgumentHelp(
            "Mask this: header:X-Name, query:name, a path such as $.metadata.mail, or a /pattern/. May be repeated.",
            valueName: "rule"))
    var redact: [String] = []

    func run() async throws {
        let settings = try Settings(
            flags: redact.isEmpty ? [:] : [.redact: redact.joined(separator: "\n")], defaultPort: 0)
        var recorded = try CassetteLocation(cassette).read()
        let redaction = settings.cassette.redaction
        let before = recorded.exchanges
        // An exchange that cannot be searched is left out, and reported, by the command when it writes the cassette.
        recorded.exchanges = before.map { (try? $0.masked(by: redaction)) ?? $0 }
        let rules = try recorded.masked.map { try CassetteRedaction.rule($0) } + redaction.rules
        try CassetteFile.replace(cassette, with: recorded, redaction: CassetteRedaction(rules))
        let changed = zip(before, recorded.exchanges).count { $0 != $1 }
        try StandardOutput.print("\(changed) of \(Counted.exchanges(before.count)) changed")
    }
}

struct CassetteTrim: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trim", abstract: "Remove exchanges from a cassette.",
        usage: "sparring cassette trim <cassette> [OPTIONS]",
        discussion: """
            Always removes exchanges that were not recorded to their end, because they cannot answer a request.

              sparring cassette trim cassette.sqlite
              sparring cassette trim cassette.sqlite --failures --session draft
              sparring cassette trim cassette.sqlite --repeats
            """)

    @Argument(help: "The cassette.", completion: .file()) var cassette: String
    @Flag(help: "Remove failed exchanges: 4xx, 5xx, and answers that were cut off.") var failures = false
    @Flag(help: "Keep only the latest recording of each request.") var repeats = false
    @Option(help: "Remove the exchanges of this session. May be repeated.") var session: [String] = []

    func run() async throws {
        var recorded = try CassetteLocation(cassette).read()
        let before = recorded.exchanges.count
        recorded.exchanges.removeAll { exchange in
            exchange.ending == .unfinished || (failures && exchange.isFailure) || session.contains(exchange.session)
        }
        if repeats { recorded.dropRepeats() }
        let rules = try recorded.masked.map { try CassetteRedaction.rule($0) }
        try CassetteFile.replace(cassette, with: recorded, redaction: CassetteRedaction(rules))
        try StandardOutput.print("\(before - recorded.exchanges.count) of \(Counted.exchanges(before)) removed")
    }
}

struct CassetteMerge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Merge several cassettes into a new cassette, ordered by the start of each exchange.",
        discussion: """
              sparring cassette merge all.sqlite monday.sqlite tuesday.sqlite
            """)

    @Argument(help: "The cassette to create. The file must not exist.") var into: String
    @Argument(help: "The cassettes to merge.", completion: .file()) var cassettes: [String]

    func run() async throws {
        guard !FileManager.default.fileExists(atPath: into) else {
            throw CommandError("\(into) exists; name another file", .usage)
        }
        let recorded = try cassettes.map { try CassetteLocation($0).read() }
        var whole = Cassette(key: recorded.first?.key ?? .random())
        for cassette in recorded {
            whole.masked += cassette.masked.filter { !whole.masked.contains($0) }
            whole.exchanges += cassette.exchanges.map { exchange in
                var exchange = exchange
                if cassette.key != whole.key { exchange.request.fingerprint = nil }
                return exchange
            }
        }
        whole.exchanges = whole.exchanges.enumerated().sorted {
            ($0.element.startedAt, $0.offset) < ($1.element.startedAt, $1.offset)
        }.map(\.element)
        let rules = try whole.masked.map { try CassetteRedaction.rule($0) }
        try CassetteFile.write(whole, to: CassetteLocation(into), redaction: CassetteRedaction(rules))
        try StandardOutput.print("\(Counted.exchanges(whole.exchanges.count)) written to \(into)")
    }
}
