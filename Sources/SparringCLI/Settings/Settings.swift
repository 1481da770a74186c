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
        case quiet
        case untilEOF = "until_eof"
        case isPublic = "public"
        case jobs
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

    /// A value that does not fit its key, with the place it came from.
    struct Mistake: Error, CustomStringConvertible {
        var description: String
    }

    var host = "127.0.0.1"
    var port: Int
    var readyFile: String?
    var seed: UInt64?
    /// Goes before what scenarios say; nil leaves it to them.
    var validation: Validation?
    /// Goes before what scenarios say; nil leaves it to them.
    var models: ModelPolicy?
    /// Of answers whose step orders none; nil leaves it to the scenarios.
    var faults: [Fault]?
    /// Of every connection, where the scenario has none for them.
    var connectionFaults: [Fault] = []
    /// Nil leaves it to the scenario.
    var isTLS: Bool?
    /// Beside HTTP/1.1.
    var speaksHTTP2 = false
    /// Where the authority is written that vouches for the server.
    var tlsCAOut: String?
    /// A phrase in the prompt orders faults, whatever the scenario says.
    var takesPromptFaults = false
    /// The file of the journal; nil keeps it in memory alone.
    var db: String?
    /// Bytes that bodies may take in it.
    var dbBudget = 1 << 30
    /// What the file keeps; nil is nothing.
    var journal: JournalStore.Settings.Keeps? = .full
    /// The only directory to look for vocabularies in; nil leaves it to the environment.
    var vocabularies: String?
    var adminToken: String?
    /// The document that answers where nothing is emulated.
    var openapi: String?
    /// The file with prices that go before the built-in ones.
    var prices: String?
    var isQuiet = false
    /// That others reach the server is meant: the banner does not warn of it.
    var isPublic = false
    /// `serve` stops where its standard input ends.
    var endsWithInput = false
    /// Cases at once; nil leaves it to the driver, or to the number of cores.
    var jobs: Int?
    /// The program under test speaks the driver protocol.
    var isDriver = false
    /// It pokes an app that is up already.
    var isAttached = false
    /// The base URL of a gateway whose upstream we are, and the key that it takes.
    var gateway: String?
    var gatewayKey = "sk-sparring"
    /// Callers of a population.
    var callers = 200
    /// Cases to leave out.
    var skipped: [String] = []
    /// What the program is said to be able to do.
    var can: Set<Capability> = []
    /// Plays a few cases of every theme.
    var isQuick = false
    /// The set of cases that the grade is given on.
    var set = RequirementSet.current
    var tracesAll = false
    var format = CheckFormat.standard
    /// Where the events of a run are written.
    var out = ".sparring/report.jsonl"
    var failOn = FailLevel.must
    /// The file that says what may fail; nil where nothing may.
    var knownFailures: String?
    /// Of `record` and `replay`.
    var tape = TapeSettings()
    /// Where each value that is no default came from.
    private(set) var places: [Key: String] = [:]

    /// - Parameter defaultPort: 8080 for `serve`, a free one for everything else.
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

    /// How long a second of a session takes in real time. A recording can be played without its pauses; a session's time has to pass.
    func sessionTimeScale() throws -> Double {
        guard SessionClock.scales.contains(tape.timeScale) else {
            throw Mistake(
                description:
                    "\(places[.timeScale] ?? ""): \(tape.timeScale) is no scale of a session's time (0.0001 to 1000; with 0.01 a "
                    + "minute is over after 0.6 s)")
        }
        return tape.timeScale
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
