import ArgumentParser

/// The option of `cases` and its subcommands for the user's cases.
struct CaseOptions: SettingOptions {
    @Option(.cases) var cases: [String] = []

    /// The files and folders in use: from the option, the environment or `sparring.yaml`.
    func paths() throws -> [String] { try Settings(flags: flags, defaultPort: 0).caseFiles }
}
