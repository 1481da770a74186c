import ArgumentParser
import SparringAPI
import SparringConformance
import SparringJSON
import SparringStore
import SparringWire

struct Config: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say which settings are in force, and where each comes from.",
        discussion: """
            A flag wins over the environment, which wins over sparring.yaml in the working directory, which wins over the default.

              sparring config
              SPARRING_PORT=9000 sparring config --seed 7
            """)

    @OptionGroup var server: ServerOptions

    @Flag(help: "Print one JSON object.") var json = false

    func run() async throws {
        let rows = Self.rows(try Settings(flags: server.flags, defaultPort: 8080))
        guard !json else { return try StandardOutput.print(Self.object(rows).text()) }
        func width(_ part: (Row) -> String) -> Int { rows.map { part($0).count }.max() ?? 0 }
        let (names, values) = (width(\.name), width { $0.value ?? "-" })
        for row in rows {
            try StandardOutput.print(
                Self.padded(row.name, names) + "  " + Self.padded(row.value ?? "-", values) + "  " + row.place)
        }
    }

    struct Row: Hashable {
        var name: String
        var value: String?
        var place: String
    }

    static func rows(_ settings: Settings) -> [Row] {
        Settings.Key.allCases.map { key in
            Row(name: key.rawValue, value: settings.text(of: key), place: settings.places[key] ?? "default")
        }
    }

    private static func object(_ rows: [Row]) -> JSONValue {
        .object(
            JSONObject(
                rows.map {
                    JSONObject.Member(
                        $0.name, ["value": $0.value.map { .string($0) } ?? .null, "from": .string($0.place)])
                }))
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: width - text.count)
    }
}

extension Settings {
    /// What is in force, as a person would write it; nil where nothing is. A secret is only said to be there.
    func text(of key: Key) -> String? {
        switch key {
        case .host: host
        case .port: String(port)
        case .readyFile: readyFile
        case .seed: seed.map { String($0) }
        case .validation: validation?.rawValue
        case .fault:
            faults == nil && connectionFaults.isEmpty
                ? "none" : ((faults ?? []) + connectionFaults).map(\.description).joined(separator: ", ")
        case .tls: isTLS.map { String($0) }
        case .tlsCAOut: tlsCAOut
        case .http2: String(speaksHTTP2)
        case .promptFaults: String(takesPromptFaults)
        case .db: db
        case .dbBudget: String(dbBudget)
        case .journal: journal?.rawValue ?? "off"
        case .vocabularies: vocabularies
        case .prices: prices
        case .openapi: openapi
        case .adminToken: adminToken.map { _ in "(set)" }
        case .isPublic: String(isPublic)
        case .untilEOF: String(endsWithInput)
        case .quiet: String(isQuiet)
        case .jobs: jobs.map { String($0) } ?? "of the machine"
        case .skip: skipped.isEmpty ? nil : skipped.joined(separator: ",")
        case .quick: String(isQuick)
        case .set: set
        case .can: can.isEmpty ? nil : Capability.allCases.filter(can.contains).map(\.rawValue).joined(separator: ",")
        case .trace: String(tracesAll)
        case .format: format.rawValue
        case .out: out
        case .failOn: failOn.rawValue
        case .knownFailures: knownFailures
        case .driver: String(isDriver)
        case .attach: String(isAttached)
        case .gateway: gateway
        case .gatewayKey: gatewayKey
        case .callers: String(callers)
        case .upstream, .upstreamKeyEnv, .upstreamCA, .redact, .keepFailures, .onMiss, .match, .render, .ignore,
            .repeats, .order, .timeScale:
            tape.text(of: key)
        }
    }
}
