import ArgumentParser
import SparringReport

/// The flags of `check` alone. As those of a server they are settings: `SPARRING_JOBS`, `jobs:` in `sparring.yaml`.
struct CheckOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Cases to leave out, * for anything; may be repeated.", valueName: "case"))
    var skip: [String] = []

    @Option(
        help: ArgumentHelp(
            """
            What the program can do besides what it is seen to do, such as cancel,timeout: cases that need it are played, \
            those of nobody's claim are skipped.
            """, valueName: "list"))
    var can: String?

    @Flag(help: "The program is a driver: it stays, and is asked by lines of JSON. `sparring driver new` writes one.")
    var driver = false

    @Flag(help: "Instead of cases: what many callers do in an outage, and in each profile of chaos.")
    var population = false

    @Option(help: "Callers of a population; 200 unless told.")
    var callers: Int?

    @Flag(
        help: """
            The program pokes an app that is up already, and ends when the app has done its work. One case at a time; the app's base URL is \
            that of --port (8080 unless told).
            """)
    var attach = false

    @Option(
        help: ArgumentHelp(
            """
            The base URL of a gateway whose upstream is this server (--port, 8080 unless told): the program is sent there. One case at a \
            time.
            """, valueName: "url"))
    var gateway: String?

    @Option(help: ArgumentHelp("The key that the gateway takes; sk-sparring unless told.", valueName: "key"))
    var gatewayKey: String?

    @Flag(help: "Play a few cases of every theme, in seconds.")
    var quick = false

    @Option(
        help: ArgumentHelp("The set that the grade is given on: 2026.1, the newest, unless told.", valueName: "name"))
    var set: String?

    @Option(help: "Cases at once; unless told the smaller of 4 and the cores, or what the driver takes.")
    var jobs: Int?

    @Flag(help: "Show the wire of every case, not only of those that went wrong.")
    var trace = false

    @Option(
        help: """
            console, for people (the default); json, every event a line; junit, tap, markdown, html, badge, svg or prompt, as \
            `report` makes them.
            """)
    var format: CheckFormat?

    @Option(
        help: ArgumentHelp(
            "Where to write every event of the run; .sparring/report.jsonl unless told.", valueName: "file"))
    var out: String?

    @Option(help: "What fails the run: a broken must (the default), or a broken should as well.")
    var failOn: FailLevel?

    @Option(
        help: ArgumentHelp(
            "What is known to fail, a case or check a line: it may fail, and has to.", valueName: "file"))
    var knownFailures: String?

    @Flag(help: "Rewrite the known failures as this run found them; comments stay.")
    var updateKnownFailures = false

    var flags: [Settings.Key: String] {
        var flags: [Settings.Key: String] = [:]
        flags[.skip] = skip.isEmpty ? nil : skip.joined(separator: ",")
        flags[.attach] = attach ? "true" : nil
        flags[.gateway] = gateway
        flags[.gatewayKey] = gatewayKey
        flags[.callers] = callers.map { String($0) }
        flags[.driver] = driver ? "true" : nil
        flags[.can] = can
        flags[.quick] = quick ? "true" : nil
        flags[.set] = set
        flags[.jobs] = jobs.map { String($0) }
        flags[.trace] = trace ? "true" : nil
        flags[.format] = format?.rawValue
        flags[.out] = out
        flags[.failOn] = failOn?.rawValue
        flags[.knownFailures] = knownFailures
        return flags
    }
}

enum CheckFormat: String, ExpressibleByArgument, CaseIterable {
    case console
    case json
    case junit
    case tap
    case markdown
    case html
    case badge
    case svg
    case prompt

    /// Nil where nothing is rendered: events are printed as they happen.
    var report: ReportFormat? { ReportFormat(rawValue: rawValue) }
}

enum FailLevel: String, ExpressibleByArgument, CaseIterable {
    case must
    case should
}
