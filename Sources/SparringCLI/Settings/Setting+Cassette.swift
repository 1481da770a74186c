import SparringCassette

extension Setting {
    /// Settings of `record`, `replay` and `cassette`.
    static let cassette: [Setting] = [
        Setting(
            key: .upstream, kind: .value("url"),
            help: "The base URL of the real API, as clients use it: https://api.openai.com/v1."
        ) { settings, value throws(Reason) in
            guard let address = UpstreamAddress(value) else {
                throw Reason(text: "'\(value)' is not a base URL such as https://api.openai.com/v1")
            }
            settings.cassette.upstream = address
        } text: {
            $0.cassette.upstream?.description
        },
        text(
            .upstreamKeyEnv, .value("name"), into: \.cassette.upstreamKeyEnv,
            "Send the key in this environment variable to the real API, in place of the client's key."),
        Setting(
            key: .upstreamCA, kind: .list("file", separator: "\n"),
            help: "Trust only the certificates of this PEM file for the real API. May be repeated."
        ) {
            $0.cassette.upstreamCA = lines($1)
        } text: {
            list($0.cassette.upstreamCA, by: ", ")
        },
        Setting(
            key: .redact, kind: .list("rule", separator: "\n"),
            help: """
                Mask this as well: header:X-Name, query:name, a path such as $.metadata.mail, or a pattern between slashes. \
                May be repeated.
                """
        ) { settings, value throws(Reason) in
            do throws(CassetteRedaction.Mistake) {
                var rules: [CassetteRedaction.Rule] = []
                for line in lines(value) { rules.append(try CassetteRedaction.rule(line)) }
                settings.cassette.redaction = CassetteRedaction(rules)
            } catch {
                throw Reason(text: error.description)
            }
        } text: {
            list($0.cassette.redaction.words, by: ", ")
        },
        flag(
            .keepFailures, into: \.cassette.keepsFailures,
            "Record failed answers as well: 4xx, 5xx, and answers that were cut off."),
        choice(
            .onMiss, into: \.cassette.onMiss,
            """
            What to do with a request that was not recorded: fail (default, and always if CI is set), record or forward. \
            record and forward need --upstream.
            """),
        choice(
            .match, into: \.cassette.matching.rigour,
            """
            A request matches a recording with the same JSON (normal, the default), with the same bytes (exact), or with the \
            same JSON except for identifiers and times, which differ in each run of an agent (conversation).
            """),
        Setting(
            key: .render, kind: .choice(CassetteMatching.Rendering.allCases.map(\.rawValue)),
            help: """
                recorded (default): the recorded bytes. fresh: new identifiers and today's dates, matched by \
                conversation. responses: recorded chat completions also answer requests for responses. chat: recorded \
                responses also answer requests for chat completions.
                """
        ) { settings, value throws(Reason) in
            let names = CassetteMatching.Rendering.allCases.map(\.rawValue)
            guard let rendering = CassetteMatching.Rendering(rawValue: value) else { throw noChoice(value, names) }
            settings.cassette.matching.rendering = rendering
            // With fresh rendering, a client sends the new identifiers in its next requests, so the recordings must be matched by
            // conversation.
            if rendering == .fresh, settings.cassette.matching.rigour == .normal {
                settings.cassette.matching.rigour = .conversation
            }
        } text: {
            $0.cassette.matching.rendering.rawValue
        },
        Setting(
            key: .ignore, kind: .list("path", separator: ","),
            help: """
                Ignore differences at this place of the body, such as $.user or $.messages[*].name. May be repeated.
                """
        ) { settings, value throws(Reason) in
            var paths: [CassettePath] = []
            for text in elements(value, by: ",") {
                guard let path = CassettePath(text[...]), !path.components.isEmpty else {
                    throw Reason(text: "'\(text)' is not a path such as $.user or $.messages[*].name")
                }
                paths.append(path)
            }
            settings.cassette.matching.ignored = paths
        } text: {
            list($0.cassette.matching.ignored.map(\.description), by: ", ")
        },
        choice(
            .repeats, into: \.cassette.matching.repeats,
            """
            A repeated request gets its next recording. After all of its recordings: last (default) repeats the last one, \
            cycle starts again with the first, next treats the request as not recorded (--on-miss).
            """),
        flag(
            .order, into: \.cassette.matching.keepsOrder,
            "Requests of a session must come in the recorded order."),
    ]

    private static func lines(_ value: String) -> [String] { value.split(separator: "\n").map(String.init) }
}
