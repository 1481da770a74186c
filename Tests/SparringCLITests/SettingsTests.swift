import Foundation
import Testing

@testable import SparringCLI

@Suite("Settings")
struct SettingsTests {
    private static func file(_ text: String) throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "sparring-\(UUID().uuidString).yaml").path
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    @Test("a flag beats the environment, which beats the file, which beats the default")
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

    @Test("a value that does not fit names where it came from")
    func mistakes() throws {
        let file = try Self.file("port: eighty\n")
        defer { try? FileManager.default.removeItem(atPath: file) }
        let error = #expect(throws: Settings.Mistake.self) {
            try Settings(flags: [:], defaultPort: 0, environment: [:], file: file)
        }
        #expect(error?.description.contains(":1:7: 'eighty' is not a port") == true)
    }
}
