import ArgumentParser
import Testing

@testable import SparringCLI

@Suite("Programs without -- before them")
struct MissingSeparatorTests {
    private static func hint(_ arguments: [String]) -> String? {
        do {
            _ = try SparringCommand.parseAsRoot(Array(arguments.prefix { $0 != "--" }))
            return nil
        } catch {
            return CommandEnd(error, arguments: arguments).text.split(separator: "\n").last
                .map(String.init).flatMap { $0.contains("put -- before") ? $0 : nil }
        }
    }

    @Test(
        "A program and its options get a hint if -- is missing before the program",
        arguments: [
            (["run", "two-rate-limits", "python3", "-V"], "If -V belongs"),
            (["check", "python", "app.py", "--url=x"], "If --url belongs"),
            (["driver", "check", "node", "driver.mjs", "--slow"], "If --slow belongs"),
            (["record", "tape.sqlite", "app", "--loud"], "If --loud belongs"),
            (["record", "tape.sqlite", "app"], "If 'app' is the program"),
            (["driver", "check", "node", "driver.mjs"], "If 'node' is the program"),
            (["init", "python", "app.py"], "If 'python' is the program"),
        ])
    func hints(arguments: [String], words: String) {
        #expect(Self.hint(arguments)?.hasPrefix(words) == true)
    }

    @Test(
        "A slip in Sparring's own options gets no such hint",
        arguments: [
            ["run", "--sed", "7", "--", "python"], ["check", "--quik"], ["serve", "two-rate-limits", "--prot", "1"],
            ["report", "log.jsonl", "--fromat", "html"], ["lint"], ["record", "tape.sqlite", "app", "--", "python"],
        ])
    func others(arguments: [String]) { #expect(Self.hint(arguments) == nil) }
}
