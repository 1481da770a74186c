import Foundation
import SparringStore
import Testing

@testable import SparringCLI

@Suite("Settings")
struct SettingsTests {
    private static func file(_ text: String) throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "sparring-\(UUID().uuidString).yaml").path
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    @Test("A flag overrides the environment, the environment overrides the file, the file the default")
    func order() throws {
        let file = try Self.file("port: 1\nseed: 1\nquiet: true\n")
        defer { try? FileManager.default.removeItem(atPath: file) }
        let settings = try Settings(
            flags: [.port: "3"], defaultPort: 8080, environment: ["SPARRING_PORT": "2", "SPARRING_SEED": "2"],
            file: file)
        #expect(settings.port == 3)
        #expect(settings.seed == 2)
        #expect(settings.isQuiet)
        #expect(try Settings(flags: [:], defaultPort: 8080, environment: [:], file: "/nonexistent").port == 8080)
    }

    @Test("The journal is configured by flag, environment and file alike")
    func journal() throws {
        let file = try Self.file("db: a.sqlite\ndb_budget: 10MB\njournal: off\n")
        defer { try? FileManager.default.removeItem(atPath: file) }
        func settings(_ flags: [Settings.Key: String], _ environment: [String: String]) throws -> Settings {
            try Settings(flags: flags, defaultPort: 0, environment: environment, file: file)
        }
        let fromFile = try settings([:], [:])
        #expect(fromFile.db == "a.sqlite" && fromFile.dbBudget == 10_000_000 && fromFile.journal == nil)
        let over = try settings([.journal: "full"], ["SPARRING_DB": "b.sqlite", "SPARRING_DB_BUDGET": "1GiB"])
        #expect(over.db == "b.sqlite" && over.dbBudget == 1 << 30 && over.journal == .full)
        let unset = try Settings(flags: [:], defaultPort: 0, environment: [:], file: "/nonexistent")
        #expect(unset.db == nil && unset.dbBudget == 1 << 30 && unset.journal == .full)
    }

    @Test(
        "A size is a number of bytes with a unit",
        arguments: [
            ("0", 0), ("500", 500), ("500B", 500), ("2k", 2_000), ("2 KiB", 2_048), ("3MB", 3_000_000),
            ("3mib", 3 << 20), ("4G", 4_000_000_000), ("4GiB", 4 << 30), ("", nil), ("MB", nil), ("5x", nil),
            ("-1", nil), ("1.5GB", nil), ("99999999999GiB", nil), ("٣", nil),
        ] as [(String, Int?)])
    func size(text: String, bytes: Int?) { #expect(ByteSize.bytes(text) == bytes) }

    @Test(
        "An invalid setting is rejected with its flag and the valid values",
        arguments: [
            (Settings.Key.validation, "loose", "--validation: 'loose' is not one of strict, lenient, examples"),
            (.dbBudget, "lots", "--db-budget: 'lots' is not a size"),
            (Settings.Key.journal, "none", "--journal: 'none' is not one of full, heads, off"),
        ])
    func journalMistakes(key: Settings.Key, value: String, says: String) {
        let error = #expect(throws: Settings.Mistake.self) {
            try Settings(flags: [key: value], defaultPort: 0, environment: [:], file: "/nonexistent")
        }
        #expect(error?.description.hasPrefix(says) == true, "\(String(describing: error))")
    }

    @Test("An invalid setting in a file is rejected with its place in the file")
    func mistakes() throws {
        let file = try Self.file("port: eighty\n")
        defer { try? FileManager.default.removeItem(atPath: file) }
        let error = #expect(throws: Settings.Mistake.self) {
            try Settings(flags: [:], defaultPort: 0, environment: [:], file: file)
        }
        #expect(error?.description.contains(":1:7: 'eighty' is not a port") == true)
    }
}
