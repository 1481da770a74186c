import SparringConformance

extension Setting {
    /// Settings of `check`.
    static let check: [Setting] = [
        Setting(
            key: .cases, kind: .list("file", separator: ","),
            help: """
                Add the cases of this file, or of all .yaml and .yml files in this folder, to the built-in ones. May be repeated.
                """
        ) {
            $0.caseFiles = elements($1, by: ",")
        } text: {
            list($0.caseFiles, by: ",")
        },
        Setting(
            key: .skip, kind: .list("case", separator: ","),
            help: "Leave these cases out; * stands for anything. May be repeated."
        ) {
            $0.skipped = elements($1, by: ",")
        } text: {
            list($0.skipped, by: ",")
        },
        Setting(
            key: .can, kind: .value("list"),
            help: """
                Assume these features, such as cancel,timeout, in addition to the detected ones. Cases that need another feature \
                are skipped.
                """
        ) { settings, value throws(Reason) in
            var features: Set<Capability> = []
            for name in elements(value, by: ",") {
                guard let feature = Capability(rawValue: name) else {
                    throw noChoice(name, Capability.allCases.map(\.rawValue))
                }
                features.insert(feature)
            }
            settings.can = features
        } text: { settings in
            list(Capability.allCases.filter(settings.can.contains).map(\.rawValue), by: ",")
        },
        flag(
            .driver, into: \.isDriver,
            """
            The program is a driver: it starts once, reads commands as lines of JSON, and replies to each with a line of \
            JSON. `sparring driver new` writes a driver.
            """),
        Setting(
            key: .callers, kind: .value("number"),
            help: "The number of callers for --population. The default is 200."
        ) { settings, value throws(Reason) in
            settings.callers = try integer(value, "callers", from: 1)
        } text: {
            String($0.callers)
        },
        flag(
            .attach, into: \.isAttached,
            """
            The program triggers an app that is already running, and ends when the app has done its work. Cases run one at a \
            time. The app uses this server's base URL (--port, 8080 by default).
            """),
        text(
            .gateway, .value("url"), into: \.gateway,
            """
            The base URL of a gateway whose upstream is this server (--port, 8080 by default). The program's requests go to the \
            gateway. Cases run one at a time.
            """),
        text(
            .gatewayKey, .value("key"), into: \.gatewayKey,
            "The key that the gateway accepts. The default is sk-sparring."),
        flag(.quick, into: \.isQuick, "Play only a few cases of every theme, which takes seconds."),
        Setting(
            key: .set, kind: .choice(RequirementSet.names),
            help: "The set of cases that the grade is based on. The default is the newest, \(RequirementSet.current)."
        ) { settings, value throws(Reason) in
            guard RequirementSet.names.contains(value) else {
                let names = RequirementSet.names.joined(separator: ", ")
                throw Reason(text: "there is no set '\(value)'; there is \(names)")
            }
            settings.set = value
        } text: {
            $0.set
        },
        number(
            .jobs, "jobs", from: 1, into: \.jobs,
            """
            Play this many cases at a time. The default is the number of cores, at most 4, or the number that the \
            driver supports.
            """),
        flag(
            .trace, into: \.tracesAll, "Show the wire (requests and answers) of every case, not only of failed cases."),
        choice(
            .format, into: \.format,
            """
            console (default) for people; json prints each event of the run as a line; the other formats are those of `report`.
            """),
        text(
            .out, .file, into: \.out,
            "Write every event of the run to this file. The default is .sparring/report.jsonl."),
        choice(
            .failOn, into: \.failOn,
            "The run fails if a check of this level fails: must (default), or should, which includes must."),
        text(
            .knownFailures, .file, into: \.knownFailures,
            """
            A file of expected failures, one case or check per line. The run fails if a listed case passes.
            """),
    ]

    static func list(_ elements: [String], by separator: String) -> String? {
        elements.isEmpty ? nil : elements.joined(separator: separator)
    }
}
