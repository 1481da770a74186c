/// The steps of a CI job that set up a program's language and install its packages. The functions are pure: the caller passes the names of
/// the folder's files.
struct ProjectDependencies: Hashable {
    /// A language, its set-up on GitHub, and the installation of its packages.
    private struct Language {
        /// The first part of the names of the language's programs: `python` for python3.12.
        var programs: [String]
        /// The action that installs the language, with its inputs; nil if every machine already has the language.
        var action: (name: String, input: String)?
        /// The file that lists the packages, and the command that installs them. The first of these files that exists decides.
        var installs: [(file: String, command: String)]
        /// The command for a program without a file that lists its packages.
        var example: String
    }

    private static let languages: [Language] = [
        Language(
            programs: ["python", "pytest", "uv"], action: ("actions/setup-python@v5", "python-version: \"3.12\""),
            installs: [
                ("requirements.txt", "pip install -r requirements.txt"), ("pyproject.toml", "pip install ."),
                ("setup.py", "pip install ."), ("Pipfile", "pip install pipenv && pipenv install --system"),
            ], example: "pip install -r requirements.txt"),
        Language(
            programs: ["node", "npm", "npx", "tsx", "pnpm", "yarn", "bun", "deno"],
            action: ("actions/setup-node@v4", "node-version: 22"),
            installs: [("package-lock.json", "npm ci"), ("package.json", "npm install")], example: "npm ci"),
        Language(
            programs: ["ruby", "bundle"], action: ("ruby/setup-ruby@v1", "ruby-version: \"3.3\""),
            installs: [("Gemfile", "bundle install")], example: "bundle install"),
        Language(
            programs: ["go"], action: ("actions/setup-go@v5", "go-version: stable"),
            installs: [("go.mod", "go mod download")], example: "go mod download"),
        Language(
            programs: ["java", "mvn", "gradle"],
            action: ("actions/setup-java@v4", "distribution: temurin, java-version: \"21\""),
            installs: [("pom.xml", "mvn --batch-mode package -DskipTests"), ("gradlew", "./gradlew build -x test")],
            example: "mvn package"),
        Language(
            programs: ["dotnet"], action: ("actions/setup-dotnet@v4", "dotnet-version: \"8.0\""),
            installs: [], example: "dotnet restore"),
    ]

    /// The action that sets up the language, and its inputs; nil for an unknown language.
    let action: String?
    let input: String
    /// The command that installs the packages; nil if no file lists them.
    let install: String?
    /// An example command for a project without a file that lists the packages.
    let example: String
    /// The command as the job runs it. The job has no virtual environment and only the Python that it sets up, so the folder `bin` of a
    /// Python program is left out: `python` for `.venv/bin/python`.
    let command: [String]

    /// - Parameters:
    ///   - command: the program and its arguments.
    ///   - files: the names of the files in the project's folder.
    init(of command: [String], among files: Set<String>) {
        let program = command.first?.split(separator: "/").last.map(String.init) ?? ""
        let language = Self.languages.first { language in language.programs.contains { program.hasPrefix($0) } }
        action = language?.action?.name
        input = language?.action?.input ?? ""
        install = language?.installs.first { files.contains($0.file) }?.command
        example = language?.example ?? "make deps"
        let isPython =
            language?.programs.contains("python") == true && command.first?.hasSuffix("/bin/" + program) == true
        self.command = isPython ? [program] + command.dropFirst() : command
    }

    /// The lines of a job that install the packages. If no file lists them, returns a line that the user has to complete.
    /// - Parameter list: the beginning of a step of this job: `- run: ` on GitHub, `- ` on GitLab.
    func installing(_ list: String) -> [String] {
        if let install { return ["\(list)\(install)"] }
        return ["# TODO: install what the program needs, for example:", "# \(list)\(example)"]
    }
}
