import ArgumentParser
import Foundation
import SparringDriver
import SparringReport

/// Creates the files of a project: settings, known failures, a driver, a CI job. Existing files are not changed.
struct InitCommand: AsyncParsableCommand, RunsProgram {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Prepare this folder for grading a client.",
        usage: "sparring init [OPTIONS] [-- COMMAND [ARGUMENT ...]]",
        discussion: """
            Writes sparring.yaml and known-failures.txt, and on request a driver and a CI job. With a program, grades \
            it at once and writes its failures to known-failures.txt; from then on `check` fails only for new \
            failures. Existing files are kept. Exit code 1 means that no case passes.

              sparring init -- python app.py
              sparring init --ci github -- python app.py
              sparring init --driver python
            """)

    @Option(help: "Write a CI job.") var ci: ProjectFiles.CI?
    @Option(help: ArgumentHelp("Write a driver to start from.", valueName: "language")) var driver: String?

    var command: [String] = []

    private enum CodingKeys: CodingKey {
        case ci
        case driver
    }

    func run() async throws {
        let template = try driver.map { name in
            guard let template = DriverTemplate.named(name) else {
                let names = DriverTemplate.all.map(\.language).joined(separator: ", ")
                throw CommandError("there is no driver for '\(name)'; there is one for \(names)", .usage)
            }
            return template
        }
        let project = ProjectFiles(command: command, driver: template, ci: ci, present: Self.present())
        guard ci == nil || !project.graded.isEmpty else {
            throw CommandError("--ci needs the program to grade: sparring init --ci github -- python app.py", .usage)
        }
        for file in project.files { try write(file) }
        guard !command.isEmpty else {
            let next =
                template == nil
                ? "sparring check -- python app.py" : "sparring check -- \(project.graded.joined(separator: " "))"
            try show(next: next, of: project)
            return
        }
        do {
            try await grade()
        } catch let code as ExitCode {
            try show(next: Self.next(after: code, of: project), of: project)
            throw code
        }
        try show(next: Self.next(after: .success, of: project), of: project)
    }

    /// The files of this folder, and of its folder `dist`, in which the wheel may be.
    private static func present() -> Set<String> {
        func names(_ folder: String) -> [String] {
            (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        }
        let distribution = ProjectFiles.distribution
        return Set(names(".") + names(distribution).map { distribution + $0 })
    }

    private func show(next: String, of project: ProjectFiles) throws {
        if project.lacksWheel {
            try StandardOutput.write(
                "missing sparring*.whl: the CI job installs it, so put the wheel into this folder and commit it\n")
        }
        try StandardOutput.write("next    \(next)\n")
    }

    /// The next step after the first run.
    private static func next(after code: ExitCode, of project: ProjectFiles) -> String {
        let check = "sparring check -- \(Shell.line(project.graded))"
        switch code {
        case .success:
            let files = project.committed.joined(separator: ", ")
            return "commit \(files); \(check) now fails only for new failures"
        case .failure:
            return "no case passes, so the program may not read OPENAI_BASE_URL: fix that, then \(check)"
        case .clientUnavailable:
            return "make the program run, then \(check) --update-known-failures"
        default:
            return check
        }
    }

    private func write(_ file: ProjectFiles.File) throws {
        guard !FileManager.default.fileExists(atPath: file.path) else {
            try StandardOutput.write("kept    \(file.path)\n")
            return
        }
        try OutputFiles.write(file.text, to: file.path)
        try StandardOutput.write("wrote   \(file.path)\n")
    }

    /// The first run. The failures of the first run become the known failures.
    private func grade() async throws {
        let flags = ["--known-failures", ProjectFiles.knownFailures, "--update-known-failures"]
        var check = try CheckCommand.parse(driver == nil ? flags : flags + ["--driver"])
        check.command = command
        try await check.run()
    }
}

extension ProjectFiles.CI: ExpressibleByArgument {}
