/// The page docs/reference/settings.md, from the table of settings.
enum SettingsPage {
    static let markdown = """
        # Settings

        Each setting is a flag, an environment variable and a key in `sparring.yaml` in the working directory. A flag overrides the
        environment, the environment overrides the file, and the file overrides the default. `sparring config` prints the values in
        force and where each comes from.

        In `sparring.yaml` and in the environment a flag without a value is `true` or `false`. A flag that may be repeated is a list
        in the file. This page is made from the program: `make settings`.

        An unknown key in `sparring.yaml` is an error. An unknown environment variable is not an error, because it may
        belong to a newer version or to a script of yours. Every command reports a misspelt variable on standard error
        (`SPARRING_PROT is ignored; did you mean SPARRING_PORT?`), and `sparring config` lists all other unknown variables that begin
        with `SPARRING_`.

        \(section("Server", Setting.server))
        \(section("`check`", Setting.check))
        \(section("`record`, `replay` and `cassette`", Setting.cassette))
        """

    private static func section(_ title: String, _ rows: [Setting]) -> String {
        """
        ## \(title)

        | flag | environment | `sparring.yaml` | |
        |---|---|---|---|
        \(rows.map(line).joined(separator: "\n"))

        """
    }

    private static func line(_ row: Setting) -> String {
        // In a table of Markdown, a vertical bar ends a cell.
        let value = row.kind.valueName.map { " <\($0)>".replacing("|", with: "\\|") } ?? ""
        let help = row.help.replacing("|", with: "\\|")
        return "| `\(row.key.flag)\(value)` | `\(row.key.variable)` | `\(row.key.rawValue):` | \(help) |"
    }
}
