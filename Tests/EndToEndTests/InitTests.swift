import Foundation
import TestSupport
import Testing

/// Tests `init` and the CI integrations, from a program to a graded report.
@Suite("Starting a project with `init`", .timeLimit(.minutes(60)))
struct InitTests {
    private static let python = SparringBinary.root.appending(path: ".venv/bin/python3").path

    /// A folder with only the binary in it.
    private func sparring(_ arguments: [String], in folder: ScratchDirectory) async throws -> ChildProcess.Outcome {
        try await shell(["\(SparringBinary.url.path)"] + arguments, in: folder)
    }

    private func shell(
        _ command: [String], in folder: ScratchDirectory, environment: [String: String] = [:]
    ) async throws -> ChildProcess.Outcome {
        try await Slots.clients.use {
            try await ChildProcess(
                URL(filePath: "/usr/bin/env"), ["sh", "-c", "cd \"$0\" && exec \"$@\"", folder.url.path] + command,
                environment: ["PYTHONDONTWRITEBYTECODE": "1"].merging(environment) { $1 }
            ).outcome()
        }
    }

    private func text(_ name: String, in folder: ScratchDirectory) throws -> String {
        try String(contentsOf: folder.url.appending(path: name), encoding: .utf8)
    }

    @Test("`init` with a program writes its known failures and a CI job, and `check` passes afterwards")
    func program() async throws {
        let folder = try ScratchDirectory()
        let sinner = [CheckTests.driver("mutants"), "--sin", "retries-400"]
        let begun = try await sparring(["init", "--ci", "github", "--"] + sinner, in: folder)
        #expect(begun.exitCode == 0, "\(begun.standardError)")
        let known = try text("known-failures.txt", in: folder)
        #expect(known.contains("no-retry.400  # "))
        #expect(
            begun.standardOutput.contains(
                "\nnext    commit sparring.yaml, known-failures.txt, .github/workflows/sparring.yml; "))
        #expect(begun.standardOutput.contains("\nmissing sparring*.whl: "))
        #expect(try text(".sparring/.gitignore", in: folder) == "*\n")
        #expect(known.hasPrefix("# Known failures"))
        let workflow = try text(".github/workflows/sparring.yml", in: folder)
        #expect(workflow.contains("mutants --sin retries-400\n"))
        #expect(workflow.contains("--format markdown >> \"$GITHUB_STEP_SUMMARY\""))
        let later = try await sparring(["check", "no-retry.*", "--"] + sinner, in: folder)
        #expect(later.exitCode == 0, "\(later.standardOutput)")
        #expect(later.standardOutput.contains("known failure"))
    }

    @Test("`init` with a program that cannot start shows the program's error, names the next step, and fails")
    func broken() async throws {
        let folder = try ScratchDirectory()
        _ = try folder.write("import a_package_that_is_missing\n", to: "app.py")
        _ = try folder.write("openai\n", to: "requirements.txt")
        let begun = try await sparring(["init", "--ci", "github", "--", Self.python, "app.py"], in: folder)
        #expect(begun.exitCode == 69)
        #expect(begun.standardOutput.contains("ModuleNotFoundError"))
        #expect(begun.standardOutput.contains("the error that the program printed is above"))
        #expect(begun.standardOutput.contains("next    make the program run, then sparring check -- "))
        #expect(
            try text(".github/workflows/sparring.yml", in: folder).contains("- run: pip install -r requirements.txt\n"))
    }

    @Test("`init --driver` writes a working driver and the settings with which `check` uses it")
    func driver() async throws {
        let folder = try ScratchDirectory()
        let begun = try await sparring(["init", "--ci", "gitlab", "--driver", "python"], in: folder)
        #expect(begun.exitCode == 0, "\(begun.standardError)")
        #expect(begun.standardOutput.hasSuffix("next    sparring check -- python3 driver.py\n"))
        let checked = try await sparring(["check", "no-retry.401", "--", Self.python, "driver.py"], in: folder)
        #expect(checked.exitCode == 0, "\(checked.standardOutput)\(checked.standardError)")
        #expect(try text(".sparring/report.jsonl", in: folder).contains(#""driver":true"#))
    }

    @Test("`init` keeps existing files and rejects a CI job that has nothing to grade")
    func kept() async throws {
        let folder = try ScratchDirectory()
        _ = try folder.write("port: 0\n", to: "sparring.yaml")
        let begun = try await sparring(["init"], in: folder)
        #expect(begun.standardOutput.contains("kept    sparring.yaml\nwrote   known-failures.txt\n"))
        #expect(try text("sparring.yaml", in: folder) == "port: 0\n")
        let refused = try await sparring(["init", "--ci", "github"], in: folder)
        #expect(refused.exitCode == 64)
        #expect(refused.standardError.contains("--ci needs the program to grade"))
        #expect(try await sparring(["init", "--driver", "cobol"], in: folder).exitCode == 64)
    }

    @Test(
        "`init` writes valid YAML files, and the files of Sparring's CI integrations are valid YAML",
        arguments: ["github", "gitlab"])
    func yaml(ci: String) async throws {
        let folder = try ScratchDirectory()
        let begun = try await sparring(["init", "--ci", ci, "--driver", "ruby"], in: folder)
        #expect(begun.exitCode == 0)
        let root = SparringBinary.root.path
        let job = ci == "github" ? ".github/workflows/sparring.yml" : "sparring.gitlab-ci.yml"
        let files = [
            "sparring.yaml", job, "\(root)/action.yml", "\(root)/packaging/gitlab/sparring.gitlab-ci.yml",
        ]
        let script =
            "import sys, yaml\nfor name in sys.argv[1:]: assert isinstance(yaml.safe_load(open(name)), dict), name"
        let read = try await shell([Self.python, "-c", script] + files, in: folder)
        #expect(read.exitCode == 0, "\(read.standardError)")
    }

    @Test(
        "The GitHub action grades a program, writes its outputs, and fails when the program fails",
        arguments: [("good", Int32(0)), ("mutants --sin retries-401", 1)])
    func action(program: String, code: Int32) async throws {
        let folder = try ScratchDirectory()
        _ = try folder.write("", to: "summary.md")
        _ = try folder.write("", to: "output.txt")
        let tools = SparringBinary.url.deletingLastPathComponent().path
        let environment = [
            "PATH": tools + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? ""),
            "INPUT_COMMAND":
                "'\(CheckTests.driver(String(program.prefix { $0 != " " })))'\(program.drop { $0 != " " })",
            "INPUT_ARGUMENTS": "'no-retry.401' no-retry.403", "GITHUB_STEP_SUMMARY": "summary.md",
            "GITHUB_OUTPUT": "output.txt",
        ]
        let script = SparringBinary.root.appending(path: "packaging/action/sparring.sh").path
        let done = try await shell([script], in: folder, environment: environment)
        #expect(done.exitCode == code, "\(done.standardOutput)\(done.standardError)")
        #expect(try text("summary.md", in: folder).contains("no-retry.401") || code == 0)
        #expect(try text("output.txt", in: folder).hasPrefix("grade="))
        #expect(try text(".sparring/junit.xml", in: folder).contains("<testsuite"))
    }

    @Test("The GitHub action without an installed sparring fails and names the input 'install'")
    func actionWithoutSparring() async throws {
        let folder = try ScratchDirectory()
        let script = SparringBinary.root.appending(path: "packaging/action/sparring.sh").path
        let done = try await shell(
            [script], in: folder, environment: ["PATH": "/usr/bin:/bin", "INPUT_COMMAND": "true"])
        #expect(done.exitCode == 69)
        #expect(done.standardOutput.contains("input 'install'"))
    }
}
