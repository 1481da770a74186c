import ArgumentParser
import Testing

@testable import SparringCLI

@Suite("The help of the commands")
struct HelpTests {
    /// Every command of the program, with its words on the command line.
    private static let commands: [(name: String, type: any ParsableCommand.Type)] = all(
        "sparring", SparringCommand.self)

    private static func all(
        _ name: String, _ type: any ParsableCommand.Type
    ) -> [(name: String, type: any ParsableCommand.Type)] {
        let children = type.configuration.subcommands.flatMap { child in
            all("\(name) \(child._commandName)", child)
        }
        return [(name, type)] + children
    }

    @Test("Help text fits into 80 columns without broken words", arguments: commands.map(\.name))
    func width(name: String) throws {
        let command = try #require(Self.commands.first { $0.name == name })
        let help = command.type.helpMessage(columns: 80)
        let long = help.split(separator: "\n").filter { $0.count > 80 }
        #expect(long.isEmpty)
    }

    @Test(
        "A paragraph of help is one line in the source, so that a terminal of any width wraps it well",
        arguments: commands.map(\.name))
    func paragraphs(name: String) throws {
        let command = try #require(Self.commands.first { $0.name == name })
        let lines = command.type.configuration.discussion.split(separator: "\n", omittingEmptySubsequences: false)
        let broken = zip(lines, lines.dropFirst()).filter { line, next in
            !line.isEmpty && !next.isEmpty && !line.hasPrefix("  ") && !next.hasPrefix("  ")
        }
        #expect(broken.isEmpty, "a sentence goes over two lines")
        #expect(lines.filter { $0.hasPrefix("  ") && $0.count > 78 } == [], "an example is wrapped")
    }
}
