import SparringDriver
import SparringReport

/// The files that `init` writes, as text. The functions are pure: they need no disk and no clock.
struct ProjectFiles {
    enum CI: String, CaseIterable {
        case github
        case gitlab
    }

    struct File: Hashable {
        var path: String
        var text: String
    }

    /// The program and its arguments; may be empty.
    var command: [String]
    /// The driver to write; nil for none.
    var driver: DriverTemplate?
    var ci: CI?
    /// The names of the files in the project's folder, and `dist/NAME` for the files in its folder `dist`. These files decide which
    /// packages the CI job installs.
    var present: Set<String> = []

    static let knownFailures = "known-failures.txt"

    /// The command to grade: the given command, or the command of the driver to write.
    var graded: [String] { command.isEmpty ? driver?.command ?? [] : command }

    var files: [File] {
        var files = [
            File(path: "sparring.yaml", text: settings),
            File(
                path: Self.knownFailures,
                text: """
                    # Known failures, one case or check per line, with the reason. They are expected to fail: if one passes, the run
                    # fails until you delete its line. `sparring check --update-known-failures` rewrites this file.

                    """),
        ]
        if let driver { files.append(File(path: driver.fileName, text: driver.text)) }
        switch ci {
        case .github: files.append(File(path: ".github/workflows/sparring.yml", text: workflow))
        case .gitlab: files.append(File(path: "sparring.gitlab-ci.yml", text: pipeline))
        case nil: break
        }
        return files
    }

    /// The wheel that the CI job installs: a wheel in the project's folder, or else a wheel in `dist`.
    private var wheel: String? {
        ["", Self.distribution].lazy.compactMap { folder in
            present.sorted().last { $0.hasPrefix(folder + "sparring") && $0.hasSuffix(".whl") }
        }.first
    }

    /// The pattern for the wheel in the CI job, which matches any version.
    private var wheelPattern: String {
        (wheel?.hasPrefix(Self.distribution) == true ? Self.distribution : "") + "sparring*.whl"
    }

    /// The folder that the documentation names for the wheel.
    static let distribution = "dist/"

    /// Whether the CI job would fail because it has no wheel.
    var lacksWheel: Bool { ci != nil && wheel == nil }

    /// The paths of the files that the project's repository must contain.
    var committed: [String] { files.map(\.path) + (ci == nil ? [] : [wheel].compactMap(\.self)) }

    private var settings: String {
        """
        # Settings of sparring in this folder. A flag or SPARRING_… overrides them; `sparring config` shows the values in force.
        known_failures: \(Self.knownFailures)
        \(driver == nil ? "" : "driver: true\n")
        """
    }

    private var dependencies: ProjectDependencies { ProjectDependencies(of: graded, among: present) }

    /// The console report goes to the job's log, so that the error of a program that cannot start is visible there. The
    /// summary is a separate step. The project decides where it keeps the wheel.
    private var workflow: String {
        let setup = dependencies.action.map { ["- uses: \($0)", "  with: { \(dependencies.input) }"] } ?? []
        let python =
            dependencies.action?.contains("python") == true
            ? [] : ["- uses: actions/setup-python@v5", "  with: { python-version: \"3.12\" }"]
        let steps =
            ["- uses: actions/checkout@v4"] + setup + python + ["- run: pip install \(wheelPattern)"]
            + dependencies.installing("- run: ")
        return """
            # Grades this project's client on every push. It installs the wheel of sparring, which is in this repository.
            name: sparring
            on: [push, pull_request]
            jobs:
              check:
                runs-on: ubuntu-24.04
                steps:
            \(steps.map { "      \($0)\n" }.joined())\
                  - name: Grade
                    run: |
                      sparring check -- \(Shell.line(dependencies.command))
                  - name: Write the summary
                    if: always()
                    run: |
                      test -s .sparring/report.jsonl || exit 0
                      sparring report .sparring/report.jsonl --format markdown >> "$GITHUB_STEP_SUMMARY"
                      sparring report .sparring/report.jsonl --format junit --out sparring.xml
                  - if: always()
                    uses: actions/upload-artifact@v4
                    with: { name: sparring, path: "sparring.xml\\n.sparring/report.jsonl", include-hidden-files: true }

            """
    }

    private var pipeline: String {
        """
        # Grades this project's client on every push. The script installs the wheel of sparring, which is in this repository.
        # Add this line to .gitlab-ci.yml:
        #   include: { local: sparring.gitlab-ci.yml }
        sparring:
          image: python:3.12-bookworm
          script:
            - pip install --quiet \(wheelPattern)
        \(dependencies.installing("- ").map { "    \($0)\n" }.joined())\
            - |
              sparring check -- \(Shell.line(dependencies.command))
          after_script:
            - test -s .sparring/report.jsonl || exit 0
            - sparring report .sparring/report.jsonl --format junit --out sparring.xml
          artifacts:
            when: always
            paths: [.sparring/report.jsonl]
            reports: { junit: sparring.xml }

        """
    }
}

extension DriverTemplate {
    /// The driver's file name in a project.
    var fileName: String { Self.names[language]?.file ?? "driver" }

    /// The command that runs the driver in a project.
    var command: [String] { Self.names[language]?.command ?? [] }

    private static let names: [String: (file: String, command: [String])] = [
        "python": ("driver.py", ["python3", "driver.py"]), "javascript": ("driver.mjs", ["node", "driver.mjs"]),
        "ruby": ("driver.rb", ["ruby", "driver.rb"]), "java": ("Driver.java", ["java", "Driver.java"]),
        "go": ("driver.go", ["go", "run", "driver.go"]), "csharp": ("Driver.cs", ["dotnet", "run"]),
        "swift": ("driver.swift", ["swift", "driver.swift"]),
        "python-sockets": ("driver.py", ["python3", "driver.py"]),
        // Node.js 20 has its WebSocket behind this option, and later versions accept the option.
        "javascript-sockets": ("driver.mjs", ["node", "--experimental-websocket", "driver.mjs"]),
    ]
}
