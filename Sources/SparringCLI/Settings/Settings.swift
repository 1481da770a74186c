import ArgumentParser
import Foundation
import SparringAPI
import SparringConformance
import SparringEngine
import SparringScenario
import SparringStore
import SparringWire

/// What is in force, and from where: flag, then environment, then `sparring.yaml` in the working directory, then the default.
struct Settings {
    enum Key: String, CaseIterable {
        case host
        case port
        case readyFile = "ready_file"
        case seed
        case validation
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
    var format = CheckFormat.console
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
        switch key {
        case .host: host = value
        case .readyFile: readyFile = value
        case .adminToken:
            // Headers carry it: what is no visible ASCII would never come back as it was.
            guard !value.isEmpty, value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw Mistake(description: "\(place): an admin token is visible ASCII without spaces, and not empty")
            }
            adminToken = value
        case .port:
            guard let number = Int(value), (0...65_535).contains(number) else {
                throw Mistake(description: "\(place): '\(value)' is not a port (0 to 65535)")
            }
            port = number
        case .seed:
            guard let number = UInt64(value) else {
                throw Mistake(description: "\(place): '\(value)' is not a seed (a whole number from 0)")
            }
            seed = number
        case .validation:
            let validation: Validation = try Self.choice(value, place)
            self.validation = validation
        case .prices: prices = value
        case .openapi: openapi = value
        case .fault:
            switch ScenarioLoader.serverFaults(in: value, errors: .api) {
            case .success(let faults):
                connectionFaults = faults.filter { $0.layer == .connection }
                let others = faults.filter { $0.layer != .connection }
                self.faults = others.isEmpty ? nil : others
            case .failure(let mistakes):
                throw Mistake(
                    description: mistakes.diagnostics.map { "\(place): \($0.message)" }.joined(separator: "\n"))
            }
        case .db: db = value
        case .vocabularies: vocabularies = value
        case .dbBudget:
            guard let bytes = ByteSize.bytes(value) else {
                throw Mistake(
                    description: "\(place): '\(value)' is not a size (such as 500MB, 2GiB or a number of bytes)")
            }
            dbBudget = bytes
        case .journal:
            guard value == "off" || JournalStore.Settings.Keeps(rawValue: value) != nil else {
                throw Mistake(description: "\(place): '\(value)' is none of full, heads, off")
            }
            journal = JournalStore.Settings.Keeps(rawValue: value)
        case .quiet: isQuiet = try Self.flag(value, place)
        case .isPublic: isPublic = try Self.flag(value, place)
        case .untilEOF: endsWithInput = try Self.flag(value, place)
        case .tls: isTLS = try Self.flag(value, place)
        case .tlsCAOut: tlsCAOut = value
        case .http2: speaksHTTP2 = try Self.flag(value, place)
        case .promptFaults: takesPromptFaults = try Self.flag(value, place)
        case .jobs:
            guard let number = Int(value), number >= 1 else {
                throw Mistake(description: "\(place): '\(value)' is not a number of jobs (1 or more)")
            }
            jobs = number
        case .skip: skipped = value.split(separator: ",").map { String($0.filter { $0 != " " }) }
        case .quick: isQuick = try Self.flag(value, place)
        case .set:
            guard RequirementSet.names.contains(value) else {
                let names = RequirementSet.names.joined(separator: ", ")
                throw Mistake(description: "\(place): there is no set '\(value)'; there is \(names)")
            }
            set = value
        case .can: can = try Self.capabilities(value, place)
        case .trace: tracesAll = try Self.flag(value, place)
        case .format: format = try Self.choice(value, place)
        case .out: out = value
        case .failOn: failOn = try Self.choice(value, place)
        case .knownFailures: knownFailures = value
        case .attach: isAttached = try Self.flag(value, place)
        case .gateway: gateway = value
        case .gatewayKey: gatewayKey = value
        case .callers:
            guard let number = Int(value), number >= 1 else {
                throw Mistake(description: "\(place): '\(value)' is not a number of callers (1 or more)")
            }
            callers = number
        case .driver: isDriver = try Self.flag(value, place)
        case .upstream, .upstreamKeyEnv, .upstreamCA, .redact, .keepFailures, .onMiss, .match, .render, .ignore,
            .repeats, .order, .timeScale:
            try tape.set(key, value, from: place)
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

    static func flag(_ value: String, _ place: String) throws -> Bool {
        guard let flag = ["true": true, "1": true, "false": false, "0": false][value] else {
            throw Mistake(description: "\(place): '\(value)' is neither true nor false")
        }
        return flag
    }

    static func capabilities(_ value: String, _ place: String) throws -> Set<Capability> {
        Set(try value.split(separator: ",").map { try choice(String($0.filter { $0 != " " }), place) })
    }

    static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ value: String, _ place: String
    ) throws -> Choice {
        guard let choice = Choice(rawValue: value) else {
            let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw Mistake(description: "\(place): '\(value)' is none of \(names)")
        }
        return choice
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
