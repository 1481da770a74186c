import ArgumentParser

struct TokensCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokens",
        abstract: "Count tokens, and install the vocabularies for exact counts.",
        discussion: """
            Without a vocabulary, a count is an estimate, and is marked as an estimate. With the published vocabularies, \
            counts are equal to those of tiktoken.

              sparring tokens install
              sparring tokens count README.md --model gpt-4o
            """,
        subcommands: [TokensCount.self, TokensInstall.self])
}
