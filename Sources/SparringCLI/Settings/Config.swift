import ArgumentParser
import Foundation
import SparringAPI
import SparringConformance
import SparringJSON
import SparringStore
import SparringWire

struct Config: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the value of each setting, and where the value comes from.",
        discussion: """
            A flag overrides the environment, the environment overrides sparring.yaml in the working directory, and \
            sparring.yaml overrides the default. Environment variables that begin with SPARRING_ but are not \
            settings are listed on standard error.

              sparring config
              SPARRING_PORT=9000 sparring config --seed 7
            """)

    @OptionGroup var server: ServerOptions

    @Flag(help: "Print one JSON object.") var json = false
    @Flag(help: ArgumentHelp("Print the page docs/reference/settings.md.", visibility: .hidden)) var markdown = false

    func run() async throws {
        if markdown { return try StandardOutput.write(SettingsPage.markdown) }
        for line in UnknownVariables(ProcessInfo.processInfo.environment).others {
            try StandardError.write(line + "\n")
        }
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
        Setting.table.map { row in
            Row(name: row.key.rawValue, value: row.text(settings), place: settings.places[row.key] ?? "default")
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
