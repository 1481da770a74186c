import ArgumentParser

struct TokensCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokens",
        abstract: "Count tokens, and get what makes the counts exact.",
        discussion: """
            Without a vocabulary every count is an estimate, and says so. With the published ones, counts are tiktoken's.

              sparring tokens install
              sparring tokens count README.md --model gpt-4o
            """,
        subcommands: [TokensCount.self, TokensInstall.self])
}
