import Foundation
import SparringAPI
import SparringConformance
import SparringEngine
import SparringPostgres
import SparringScenario
import SparringStore
import SparringWire

/// The values in use. A flag overrides the environment, the environment overrides `sparring.yaml` in the working
/// directory, and that file overrides the default. `Setting.table` has a row for each value.
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
        case store
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
    /// Overrides the scenarios' setting; nil keeps it.
    var validation: Validation?
    /// Overrides the scenarios' setting; nil keeps it.
    var models: ModelPolicy?
    /// Faults for answers whose step has no faults; nil keeps the scenarios' own faults.
    var faults: [Fault]?
    /// Faults for every connection, if the scenario has no faults of connections.
    var connectionFaults: [Fault] = []
    /// Whether the server uses TLS; nil keeps the scenario's setting.
    var isTLS: Bool?
    /// HTTP/2 in addition to HTTP/1.1.
    var speaksHTTP2 = false
    /// The file to which the certificate of the server's authority is written.
    var tlsCAOut: String?
    /// Whether a phrase in the prompt can order faults, whatever the scenario sets.
    var takesPromptFaults = false
    /// The file of the journal; if nil, the journal is in memory.
    var db: String?
    /// The maximum number of bytes of bodies in the file of the journal.
    var dbBudget = 1 << 30
    /// The kind of data that the file stores; if nil, the file stores no exchanges.
    var journal: JournalStore.Settings.Keeps? = .full
    /// The database that keeps the objects of `serve`; if nil, they are in the file of the journal or in a temporary file.
    var store: PostgresLocation?
    /// The only directory that is searched for vocabularies; if nil, the environment decides.
    var vocabularies: String?
    var adminToken: String?
    /// The OpenAPI document for operations that are not emulated; nil for the document that the program carries.
    var openapi: String?
    /// The answer to operations that the API has shut down.
    var retired = Retired.gone
    /// The file of prices that override the built-in ones.
    var prices: String?
    var isQuiet = false
    /// Whether other machines should be able to reach the server. If so, the banner does not warn that they can.
    var isPublic = false
    /// How `serve` writes its log.
    var logFormat = LogFormat.text
    /// The HTML file that shows the run; if nil, no file is written.
    var report: String?
    /// Whether `serve` loads scenario files again when they change.
    var watches = false
    /// Whether `serve` stops when its standard input ends.
    var endsWithInput = false
    /// The number of cases that run at the same time; if nil, the driver or the number of cores decides.
    var jobs: Int?
    /// Whether the program under test follows the driver protocol.
    var isDriver = false
    /// Whether the program triggers an app that is already running.
    var isAttached = false
    /// The base URL of a gateway whose upstream is this server. `gatewayKey` is the key for the gateway.
    var gateway: String?
    var gatewayKey = "sk-sparring"
    /// The number of callers of `--population`.
    var callers = 200
    /// The paths of the user's case files, and of folders with such files.
    var caseFiles: [String] = []
    /// Patterns of cases that are not played.
    var skipped: [String] = []
    /// Features to assume in addition to the detected ones.
    var can: Set<Capability> = []
    /// Whether to play only a few cases of every theme.
    var isQuick = false
    /// The set of cases for the grade.
    var set = RequirementSet.current
    var tracesAll = false
    var format = CheckFormat.standard
    /// The file to which the events of a run are written.
    var out = ".sparring/report.jsonl"
    var failOn = FailLevel.must
    /// The file of known failures; nil without such a file.
    var knownFailures: String?
    /// Settings of `record` and `replay`.
    var cassette = CassetteSettings()
    /// The places where values were set. Defaults have no place.
    private(set) var places: [Key: String] = [:]

    /// - Parameter defaultPort: 8080 for `serve`; for other commands 0, which chooses a free port.
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

    /// The real time in seconds for one second of a session. The value is never 0: a recording can be replayed without pauses, but a
    /// session's time must pass.
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
