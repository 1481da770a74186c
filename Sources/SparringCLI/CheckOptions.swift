import ArgumentParser

/// The flags of `check` alone. As those of a server they are settings: `SPARRING_JOBS`, `jobs:` in `sparring.yaml`.
struct CheckOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Cases to leave out, * for anything; may be repeated.", valueName: "case"))
    var skip: [String] = []

    @Option(help: "Cases at once; the smaller of 4 and the cores unless told.")
    var jobs: Int?

    @Flag(help: "Show the wire of every case, not only of those that went wrong.")
    var trace = false

    @Option(help: "console, for people (the default); or json, every event a line.")
    var format: CheckFormat?

    @Option(
        help: ArgumentHelp(
            "Where to write every event of the run; .sparring/report.jsonl unless told.", valueName: "file"))
    var out: String?

    @Option(help: "What fails the run: a broken must (the default), or a broken should as well.")
    var failOn: FailLevel?

    var flags: [Settings.Key: String] {
        var flags: [Settings.Key: String] = [:]
        flags[.skip] = skip.isEmpty ? nil : skip.joined(separator: ",")
        flags[.jobs] = jobs.map { String($0) }
        flags[.trace] = trace ? "true" : nil
        flags[.format] = format?.rawValue
        flags[.out] = out
        flags[.failOn] = failOn?.rawValue
        return flags
    }
}

enum CheckFormat: String, ExpressibleByArgument, CaseIterable {
    case console
    case json
}

enum FailLevel: String, ExpressibleByArgument, CaseIterable {
    case must
    case should
}
