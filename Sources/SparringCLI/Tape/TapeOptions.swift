import ArgumentParser

/// Where the real API is. All of these are settings as well: `SPARRING_UPSTREAM`, `upstream:` in `sparring.yaml`.
struct UpstreamOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The base URL of the real API, as a client would be given it: https://api.openai.com/v1.",
            valueName: "url"))
    var upstream: String?

    @Option(
        help: ArgumentHelp(
            "The environment variable with the key that goes up in place of the client's.", valueName: "name"))
    var upstreamKeyEnv: String?

    @Option(
        help: ArgumentHelp("Trust the certificates of this PEM file, and no others.", valueName: "file"))
    var upstreamCA: [String] = []

    @Option(
        help: ArgumentHelp(
            """
            Mask this as well: header:X-Name, query:name, a path such as $.metadata.mail, or a pattern between slashes. \
            May be repeated.
            """, valueName: "rule"))
    var redact: [String] = []

    @Flag(help: "Keep answers that failed, too: 4xx, 5xx, and those that broke off.")
    var keepFailures = false

    var flags: [Settings.Key: String] {
        var flags: [Settings.Key: String] = [:]
        flags[.upstream] = upstream
        flags[.upstreamKeyEnv] = upstreamKeyEnv
        flags[.upstreamCA] = upstreamCA.isEmpty ? nil : upstreamCA.joined(separator: "\n")
        flags[.redact] = redact.isEmpty ? nil : redact.joined(separator: "\n")
        flags[.keepFailures] = keepFailures ? "true" : nil
        return flags
    }
}

/// Which recording answers, and how.
struct ReplayOptions: ParsableArguments {
    @Option(
        help:
            "What becomes of a request that is not on the tape: fail (the default, and always with CI set), record or forward."
    )
    var onMiss: String?

    @Option(
        help: """
            normal: the same JSON (the default); exact: the same bytes; conversation: the same JSON but for identifiers and times, \
            which an agent's session has anew in each run.
            """)
    var match: String?

    @Option(
        help: """
            recorded: the recorded bytes (the default); fresh: new identifiers and today's dates, in the recorded rhythm; requests are \
            matched by conversation then; responses: what chat completions have said answers requests for responses as well; chat: \
            the reverse.
            """)
    var render: String?

    @Option(
        help: ArgumentHelp(
            "A place in the body that is no difference, such as $.user or $.messages[*].name. May be repeated.",
            valueName: "path"))
    var ignore: [String] = []

    @Option(
        help: """
            What answers a request that comes once more: the next recording and, behind the last, last (it again, the default), \
            cycle (from the start) or next (none: a miss).
            """)
    var `repeat`: String?

    @Flag(help: "Requests of a session must come in the order in which they were recorded.")
    var order = false

    @Option(help: "Times every recorded pause: 1 is the recorded rhythm (the default), 0 answers at once.")
    var timeScale: Double?

    var flags: [Settings.Key: String] {
        var flags: [Settings.Key: String] = [:]
        flags[.onMiss] = onMiss
        flags[.match] = match
        flags[.render] = render
        flags[.ignore] = ignore.isEmpty ? nil : ignore.joined(separator: "\n")
        flags[.repeats] = `repeat`
        flags[.order] = order ? "true" : nil
        flags[.timeScale] = timeScale.map { String($0) }
        return flags
    }
}

/// The flags of a server that records or replays.
struct ListenOptions: ParsableArguments {
    @Option(help: "The address to listen on; the loopback default answers on ::1 as well.")
    var host: String?

    @Option(help: "The port to listen on; unless told, a free one beside a program, 8080 without.")
    var port: Int?

    @Option(help: "Where to write the base URL once the server accepts connections; - is standard output.")
    var readyFile: String?

    @Flag(help: "Listen with TLS, with certificates made for this server; a program behind -- trusts them.")
    var tls = false

    @Option(
        help: ArgumentHelp("Keep the certificate of the authority behind --tls in this file (PEM).", valueName: "file"))
    var tlsCaOut: String?

    @Flag(help: "Print nothing but errors.")
    var quiet = false

    var flags: [Settings.Key: String] {
        var flags: [Settings.Key: String] = [:]
        flags[.host] = host
        flags[.port] = port.map(String.init)
        flags[.readyFile] = readyFile
        flags[.tls] = tls ? "true" : nil
        flags[.tlsCAOut] = tlsCaOut
        flags[.quiet] = quiet ? "true" : nil
        return flags
    }
}
