import SparringAPI
import SparringEngine
import SparringPostgres
import SparringScenario
import SparringStore
import SparringWire

extension Setting {
    /// Settings of every command that starts a server.
    static let server: [Setting] = [
        text(
            .host, .value("address"), into: \.host,
            "Listen on this address. 127.0.0.1 (the default) accepts ::1 as well."),
        port,
        text(
            .readyFile, .file, into: \.readyFile,
            "Write the base URL to this file once the server accepts connections; - is standard output."),
        seed,
        Setting(
            key: .validation, kind: .choice(Validation.allCases.map(\.rawValue)),
            help: """
                strict (default): invalid requests get the API's error. lenient: invalid parameters are ignored, and any model \
                works. examples: missing parameters and objects are invented as well. A scenario may set this option, too.
                """
        ) { settings, value throws(Reason) in
            guard let validation = Validation(rawValue: value) else {
                throw noChoice(value, Validation.allCases.map(\.rawValue))
            }
            settings.validation = validation
        } text: {
            $0.validation?.rawValue
        },
        Setting(
            key: .models, kind: .choice(ModelPolicy.allCases.map(\.rawValue)),
            help: """
                lenient (default): models that the API does not have, or has shut down, are answered with a warning. strict: they \
                get the API's 404. A scenario may set this option, too.
                """
        ) { settings, value throws(Reason) in
            guard let policy = ModelPolicy(rawValue: value) else {
                throw noChoice(value, ModelPolicy.allCases.map(\.rawValue))
            }
            settings.models = policy
        } text: {
            $0.models?.rawValue
        },
        fault,
        Setting(
            key: .timeScale, kind: .value("factor"),
            help: """
                Multiply every pause by this factor. With 0.01 a minute is over after 0.6 s; with 0 a replay has no pauses. \
                The default is 1.
                """
        ) { settings, value throws(Reason) in
            guard let scale = Double(value), scale >= 0, scale <= 1000 else {
                throw Reason(text: "'\(value)' is not a time scale (0 to 1000; 1 is real time, 0 is without pauses)")
            }
            settings.cassette.timeScale = scale
        } text: { settings in
            let scale = settings.cassette.timeScale
            return scale == scale.rounded() ? String(Int(scale)) : String(scale)
        },
        text(
            .db, .file, into: \.db,
            "Keep the journal, files and batches in this SQLite file. A missing file is created."),
        Setting(
            key: .dbBudget, kind: .value("size"),
            help: """
                Keep at most this many bytes of bodies in the --db file, such as 500MB. The oldest bodies are deleted \
                first. The default is 1GiB.
                """
        ) { settings, value throws(Reason) in
            guard let bytes = ByteSize.bytes(value) else {
                throw Reason(text: "'\(value)' is not a size (such as 500MB, 2GiB or a number of bytes)")
            }
            settings.dbBudget = bytes
        } text: {
            String($0.dbBudget)
        },
        Setting(
            key: .journal, kind: .choice(["full", "heads", "off"]),
            help: "How much of each exchange --db and --store keep: full (default), heads (no bodies) or off (nothing)."
        ) { settings, value throws(Reason) in
            let keeps = JournalStore.Settings.Keeps(rawValue: value)
            guard value == "off" || keeps != nil else { throw noChoice(value, ["full", "heads", "off"]) }
            settings.journal = keeps
        } text: {
            $0.journal?.rawValue ?? "off"
        },
        Setting(
            key: .store, kind: .value("url"),
            help: """
                Share sessions, the journal, usage, files, uploads, batches and collections with other servers through this \
                PostgreSQL database, postgres://user@host/name (`serve` only). Stored responses stay in each server. The default is \
                the --db file, or a temporary file.
                """
        ) { settings, value throws(Reason) in
            guard let location = PostgresLocation(value) else {
                // The value may contain a password, so it is not repeated.
                throw Reason(text: "the value is not a URL of PostgreSQL (postgres://user@host:5432/name)")
            }
            settings.store = location
        } text: {
            $0.store?.description
        },
        text(
            .vocabularies, .directory, into: \.vocabularies,
            "Look for vocabularies in this directory only; see `sparring tokens`."),
        adminToken,
        text(
            .prices, .file, into: \.prices,
            "Use the prices of this file in place of the built-in ones, for GET /_sparring/usage."),
        text(
            .openapi, .file, into: \.openapi,
            "Use this OpenAPI document, in place of the built-in one, to answer operations that are not emulated."
        ),
        choice(
            .retired, into: \.retired,
            """
            gone (default): operations that the API has shut down (assistants, threads, videos) get the API's 404. \
            serve: they are answered.
            """),
        flag(
            .promptFaults, into: \.takesPromptFaults,
            "Let a phrase in the prompt request faults: [[sparring: reset at event 2]]."),
        Setting(
            key: .tls, kind: .flag,
            help:
                "Listen with TLS, with certificates made for this server. Programs that the command starts trust these certificates."
        ) { settings, value throws(Reason) in
            settings.isTLS = try bool(value)
        } text: {
            $0.isTLS.map { String($0) }
        },
        flag(
            .http2, into: \.speaksHTTP2,
            """
            Also accept HTTP/2: with --tls if the client negotiates HTTP/2 (ALPN), without --tls if the client starts \
            with HTTP/2 (prior knowledge).
            """),
        text(
            .tlsCAOut, .file, into: \.tlsCAOut,
            "Write the certificate of the authority behind --tls to this file (PEM)."),
        flag(.isPublic, into: \.isPublic, "Do not warn that other machines can reach this server."),
        choice(
            .log, into: \.logFormat,
            """
            The format of the log, which has a line for each exchange: text (default), with colors on a terminal, or \
            json.
            """),
        flag(
            .watch, into: \.watches,
            """
            Load the scenario files again when they change. Sessions start again with the new scenario; if a file has \
            mistakes, the old scenario stays in use.
            """),
        flag(.untilEOF, into: \.endsWithInput, "Stop when standard input ends."),
        file(
            .report, into: \.report,
            """
            At the end, write an HTML file that needs no server: the exchanges of `run` and `serve`, or the graded cases \
            of `check`.
            """),
        flag(.quiet, into: \.isQuiet, "Print errors only."),
    ]

    private static let port = Setting(
        key: .port, kind: .value("port"),
        help: "Listen on this port. The default is 8080, or a free port if the command starts a program."
    ) { settings, value throws(Reason) in
        guard let number = Int(value), (0...65_535).contains(number) else {
            throw Reason(text: "'\(value)' is not a port (0 to 65535)")
        }
        settings.port = number
    } text: {
        String($0.port)
    }

    private static let seed = Setting(
        key: .seed, kind: .value("number"),
        help: "The seed of all random choices: the same seed gives the same run. The default is 1, or the scenario's "
            + "seed."
    ) { settings, value throws(Reason) in
        guard let number = UInt64(value) else {
            throw Reason(text: "'\(value)' is not a seed (a whole number from 0)")
        }
        settings.seed = number
    } text: {
        $0.seed.map { String($0) }
    }

    private static let fault = Setting(
        key: .fault, kind: .value("fault"),
        help: """
            Apply this fault to every answer whose step has no faults of its own, such as 'reset at event 5'. `sparring faults` \
            lists the faults.
            """
    ) { settings, value throws(Reason) in
        switch ScenarioLoader.serverFaults(in: value, errors: .api) {
        case .success(let faults):
            settings.connectionFaults = faults.filter { $0.layer == .connection }
            let others = faults.filter { $0.layer != .connection }
            settings.faults = others.isEmpty ? nil : others
        case .failure(let mistakes):
            throw Reason(text: mistakes.diagnostics.map(\.message).joined(separator: "; "))
        }
    } text: { settings in
        let faults = (settings.faults ?? []) + settings.connectionFaults
        return faults.isEmpty ? "none" : faults.map(\.description).joined(separator: ", ")
    }

    private static let adminToken = Setting(
        key: .adminToken, kind: .value("token"),
        help: "Require this bearer token for the admin API. Needed if other machines reach the server."
    ) { settings, value throws(Reason) in
        // Clients send the token in a header field, which must not contain other characters.
        guard !value.isEmpty, value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Reason(text: "the admin token must be visible ASCII characters without spaces")
        }
        settings.adminToken = value
    } text: {
        $0.adminToken.map { _ in "(set)" }
    }
}
