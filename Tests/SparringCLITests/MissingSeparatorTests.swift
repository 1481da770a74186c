import Testing

@testable import SparringCLI

@Suite("Programs without -- before them")
struct MissingSeparatorTests {
    private static func hint(_ arguments: [String]) -> String? {
        do {
            _ = try SparringCommand.parseAsRoot(arguments.prefix { $0 != "--" } + [])
            return nil
        } catch {
            return CommandEnd(error, arguments: arguments).text.split(separator: "\n").last
                .map(String.init).flatMap { $0.contains("put -- before") ? $0 : nil }
        }
    }

    @Test(
        "An option of the program gets a hint if -- is missing before the program",
        arguments: [
            (["run", "two-rate-limits", "python3", "-V"], "If -V belongs"),
            (["check", "python", "app.py", "--url=x"], "If --url belongs"),
            (["driver", "check", "node", "driver.mjs", "--slow"], "If --slow belongs"),
            (["record", "tape.sqlite", "app", "--loud"], "If --loud belongs"),
        ])
    func hints(arguments: [String], words: String) {
        #expect(Self.hint(arguments)?.hasPrefix(words) == true)
    }

    @Test(
        "A slip in Sparring's own options gets no such hint",
        arguments: [
            ["run", "--sed", "7", "--", "python"], ["check", "--quik"], ["serve", "two-rate-limits", "--prot", "1"],
            ["report", "log.jsonl", "--fromat", "html"],
        ])
    func others(arguments: [String]) { #expect(Self.hint(arguments) == nil) }
}
