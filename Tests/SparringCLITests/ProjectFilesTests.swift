import Testing

@testable import SparringCLI

@Suite("The files of `init`")
struct ProjectFilesTests {
    private static func job(_ ci: ProjectFiles.CI, _ command: [String], among files: Set<String> = []) -> String {
        ProjectFiles(command: command, driver: nil, ci: ci, present: files).files.last?.text ?? ""
    }

    @Test(
        "The job installs the packages of the program, by its language and the files in the folder",
        arguments: [
            (["python", "app.py"], ["requirements.txt", "pyproject.toml"], "- run: pip install -r requirements.txt"),
            (["/usr/bin/python3.12", "app.py"], ["pyproject.toml"], "- run: pip install ."),
            (["node", "app.mjs"], ["package.json", "package-lock.json"], "- run: npm ci"),
            (["npx", "tsx", "app.ts"], ["package.json"], "- run: npm install"),
            (["ruby", "app.rb"], ["Gemfile"], "- run: bundle install"),
            (["go", "run", "."], ["go.mod"], "- run: go mod download"),
            (["python", "app.py"], ["package.json"], "# - run: pip install -r requirements.txt"),
            (["./agent"], [], "# - run: make deps"),
        ] as [([String], Set<String>, String)])
    func installs(command: [String], files: Set<String>, line: String) {
        let lines = Self.job(.github, command, among: files).split(separator: "\n").map(String.init)
        #expect(lines.contains("      \(line)"))
        #expect(lines.contains { $0.contains("TODO") } == line.hasPrefix("#"))
    }

    @Test(
        "The job sets up the language of the program, and Python for the wheel",
        arguments: [
            ("python", ["setup-python"]), ("node", ["setup-node", "setup-python"]), ("./agent", ["setup-python"]),
        ])
    func setup(program: String, actions: [String]) {
        let text = Self.job(.github, [program])
        let found = text.split(separator: "\n").filter { $0.contains("setup-") }
        #expect(found.map { String($0.drop { $0 != "/" }.dropFirst().prefix { $0 != "@" }) } == actions)
    }

    @Test(
        "The program is graded in a separate step, whose log contains the program's output",
        arguments: ProjectFiles.CI.allCases)
    func grade(ci: ProjectFiles.CI) {
        let lines = Self.job(ci, ["python", "my app.py"]).split(separator: "\n").map { $0.drop { $0 == " " } }
        #expect(lines.contains("sparring check -- python 'my app.py'"))
        #expect(!lines.contains { $0.hasPrefix("sparring check") && $0.contains(">>") })
    }

    @Test(
        "The wheel has to be in the repository if there is a CI job, and only then",
        arguments: [
            (.github, ["sparring-0.1.0-py3-none-any.whl"], false, ["sparring-0.1.0-py3-none-any.whl"]),
            (
                .gitlab, ["dist/sparring-0.1.0-py3-none-any.whl", "dist/other.whl"], false,
                ["dist/sparring-0.1.0-py3-none-any.whl"]
            ),
            (.gitlab, ["other.whl", "sparring.yaml"], true, []), (nil, ["sparring-0.1.0-py3-none-any.whl"], false, []),
        ] as [(ProjectFiles.CI?, Set<String>, Bool, [String])])
    func wheel(ci: ProjectFiles.CI?, present: Set<String>, isLacking: Bool, committed: [String]) {
        let project = ProjectFiles(command: ["./agent"], driver: nil, ci: ci, present: present)
        #expect(project.lacksWheel == isLacking)
        #expect(project.committed.filter { $0.hasSuffix(".whl") } == committed)
    }

    @Test(
        "The job installs the wheel where it is",
        arguments: [
            (["sparring-0.1.0-py3-none-any.whl"], "sparring*.whl"), ([], "sparring*.whl"),
            (["dist/sparring-0.1.0-py3-none-any.whl"], "dist/sparring*.whl"),
            (["dist/sparring-0.1.0-py3-none-any.whl", "sparring-0.1.0-py3-none-any.whl"], "sparring*.whl"),
        ] as [(Set<String>, String)])
    func place(present: Set<String>, pattern: String) {
        #expect(Self.job(.github, ["./agent"], among: present).contains("- run: pip install \(pattern)\n"))
        #expect(Self.job(.gitlab, ["./agent"], among: present).contains("- pip install --quiet \(pattern)\n"))
    }

    @Test(
        "The job runs the Python that it sets up, and other programs as they are",
        arguments: [
            ([".venv/bin/python", "app.py"], "python app.py"), (["/srv/app/.venv/bin/pytest", "-q"], "pytest -q"),
            (["node_modules/.bin/tsx", "app.ts"], "node_modules/.bin/tsx app.ts"), (["bin/agent"], "bin/agent"),
            (["./python-agent"], "./python-agent"),
        ] as [([String], String)])
    func program(command: [String], line: String) {
        for ci in ProjectFiles.CI.allCases { #expect(Self.job(ci, command).contains("sparring check -- \(line)\n")) }
    }
}
