import Testing

@testable import SparringCLI

@Suite("Suggestions")
struct DidYouMeanTests {
    @Test(
        "A misspelled subcommand is rejected with the nearest name",
        arguments: [
            (["srve"], "did you mean 'serve'?"), (["chekc", "--quick"], "did you mean 'check'?"),
            (["cassette", "improt", "a.har"], "did you mean 'import'?"), (["xyzzy"], "`sparring --help` lists"),
            (["help", "serv"], "did you mean 'serve'?"), (["help", "cassette", "improt"], "did you mean 'import'?"),
            (["help", "cases", "lst"], "did you mean 'list'?"),
            (["help", "serve", "hello"], "`sparring serve --help` describes the command"),
            (["cassette", "help"], "`sparring cassette --help` lists"),
        ])
    func misspelt(arguments: [String], expected: String) throws {
        let error = try #require(throws: CommandError.self) {
            try DidYouMean.checkSubcommands(arguments, of: SparringCommand.self)
        }
        #expect(error.text.contains(expected))
        #expect(error.exitCode == .usage)
    }

    @Test(
        "Valid commands, options, help and arguments of default subcommands pass",
        arguments: [
            [], ["serve", "nope"], ["--version"], ["help"], ["help", "serve"],
            ["help", "cassette", "import"], ["help", "--version"], ["cases", "sse.*"], ["cassette", "import", "x"],
        ])
    func valid(arguments: [String]) throws {
        try DidYouMean.checkSubcommands(arguments, of: SparringCommand.self)
    }
}
