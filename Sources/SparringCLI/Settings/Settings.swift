import Foundation
import SparringAPI
import SparringConformance
import SparringEngine
import SparringScenario
import SparringStore
import SparringWire

/// The values in force. A flag overrides the environment, the environment overrides `sparring.yaml` in the working directory, and
/// that overrides the default. `Setting.table` has a row for each.
struct Settings {
    enum Key: String, CaseIterable {
        case host
        case port
        case readyFile = "ready_file"
        case seed
        case validation
        case models
        case fault
        case db
        case dbBudget = "db_budget"
        case journal
        case vocabularies
        case adminToken = "admin_token"
        case prices
        case openapi
        case retired
        case quiet
        case log
        case report
        case watch
        case untilEOF = "until_eof"
        case isPublic = "public"
        case jobs
        case cases
        case skip
        case can
        case quick
        case set
        case trace
        case format
        case out
        case failOn = "fail_on"
        case knownFailures = "known_failures"
        case driver
        case attach
        case gateway
        case gatewayKey = "gateway_key"
        case callers
        case upstream
        case upstreamKeyEnv = "upstream_key_env"
        case upstreamCA = "upstream_ca"
        case redact
        case keepFailures = "keep_failures"
        case onMiss = "on_miss"
        case match
        case render
        case ignore
        case repeats = "repeat"
        case order
        case timeScale = "time_scale"
        case tls
        case tlsCAOut = "tls_ca_out"
        case http2
        case promptFaults = "prompt_faults"

        /// `--ready-file`
        var flag: String { "--" + rawValue.replacingOccurrences(of: "_", with: "-") }

        /// `SPARRING_READY_FILE`
        var variable: String { "SPARRING_" + rawValue.uppercased() }
    }

    /// An error in a value, with the place where it is set.
    struct Mistake: Error, CustomStringConvertible {
        var description: String
    }

    var host = "127.0.0.1"
    var port: Int
    var readyFile: String?
    var seed: UInt64?
    /// Overrides the scenarios; nil leaves it to them.
    var validation: Validation?
    /// Overrides the scenarios' setting; nil leaves it to them.
    var models: ModelPolicy?
    /// Faults of answers whose step has no faults; nil leaves it to the scenarios.
    var faults: [Fault]?
    /// Faults of every connection, if the scenario has none for connections.
    var connectionFaults: [Fault] = []
    /// Nil leaves it to the scenario.
    var isTLS: Bool?
    /// HTTP/2 in addition to HTTP/1.1.
    var speaksHTTP2 = false
    /// The file for the certificate of the server's authority.
    var tlsCAOut: String?
    /// A phrase in the prompt may order faults in every scenario.
    var takesPromptFaults = false
    /// The file of the journal; nil keeps the journal in memory.
    var db: String?
    /// The maximum bytes of bodies in the file of the journal.
    var dbBudget = 1 << 30
    /// What the file keeps; nil keeps no exchanges.
    var journal: JournalStore.Settings.Keeps? = .full
    /// The only directory to look for vocabularies in; nil leaves it to the environment.
    var vocabularies: String?
    var adminToken: String?
    /// The OpenAPI document for operations that are not emulated; nil for the one that the program carries.
    var openapi: String?
    /// What operations get that the API has shut down.
    var retired = Retired.gone
    /// The file of prices that override the built-in ones.
    var prices: String?
    var isQuiet = false
    /// Whether other machines are meant to reach the server; then the banner does not warn.
    var isPublic = false
    /// How `serve` writes its log.
    var logFormat = LogFormat.text
    /// The HTML file that shows the run; nil writes none.
    var report: String?
    /// Whether `serve` loads scenario files again when they change.
    var watches = false
    /// Whether `serve` stops when its standard input ends.
    var endsWithInput = false
    /// Cases at a time; nil leaves it to the driver, or to the number of cores.
    var jobs: Int?
    /// The program under test speaks the driver protocol.
    var isDriver = false
    /// The program triggers an app that is already running.
    var isAttached = false
    /// The base URL of a gateway whose upstream is this server. `gatewayKey` is the key that it accepts.
    var gateway: String?
    var gatewayKey = "sk-sparring"
    /// The number of callers of `--population`.
    var callers = 200
    /// The user's case files and folders with such files.
    var caseFiles: [String] = []
    /// Patterns of cases to leave out.
    var skipped: [String] = []
    /// Features to assume in addition to the detected ones.
    var can: Set<Capability> = []
    /// Whether to play only a few cases of every theme.
    var isQuick = false
    /// The set of cases that the grade is based on.
    var set = RequirementSet.current
    var tracesAll = false
    var format = CheckFormat.standard
    /// Where the events of a run are written.
    var out = ".sparring/report.jsonl"
    var failOn = FailLevel.must
    /// The file of known failures; nil without such a file.
    var knownFailures: String?
    /// Settings of `record` and `replay`.
    var cassette = CassetteSettings()
    /// Where each value was set, except for defaults.
    private(set) var places: [Key: String] = [:]

    /// - Parameter defaultPort: 8080 for `serve`; 0, which stands for a free port, for other commands.
    init(
        flags: [Key: String], defaultPort: Int, environment: [String: String] = ProcessInfo.processInfo.environment,
        file: String = "sparring.yaml"
    ) throws {
        port = defaultPort
        let fromFile = try Self.read(file)
        for key in Key.allCases {
            if let value = flags[key] {
                try set(key, value, from: key.flag)
            } else if let value = environment[key.variable] {
                try set(key, value, from: key.variable)
            } else if let (value, place) = fromFile[key] {
                try set(key, value, from: place)
            }
        }
    }

    private mutating func set(_ key: Key, _ value: String, from place: String) throws {
        places[key] = place
        do throws(Setting.Reason) {
            try Setting.row(key).parse(&self, value)
        } catch {
            throw Mistake(description: "\(place): \(error.text)")
        }
    }

    /// How long a second of a session takes in real time. Never 0: a recording can be played without pauses, but a session's
    /// time passes.
    func sessionTimeScale() throws -> Double {
        guard SessionClock.scales.contains(cassette.timeScale) else {
            throw Mistake(
                description:
                    "\(places[.timeScale] ?? ""): \(cassette.timeScale) is not a time scale for sessions (0.0001 to 1000; with 0.01 a "
                    + "minute is over after 0.6 s)")
        }
        return cassette.timeScale
    }

    private static func read(_ file: String) throws -> [Key: (value: String, place: String)] {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return [:] }
        let (entries, mistakes) = SettingsFile.read(text, file: file, keys: Key.allCases.map(\.rawValue))
        guard mistakes.isEmpty else {
            throw Mistake(description: mistakes.map(\.description).joined(separator: "\n"))
        }
        return entries.reduce(into: [:]) { values, entry in
            if let key = Key(rawValue: entry.key) { values[key] = (entry.value, entry.place) }
        }
    }
}
