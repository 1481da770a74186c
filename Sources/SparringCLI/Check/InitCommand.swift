import ArgumentParser
import Foundation
import SparringDriver

/// Starts a project: settings, known failures, a driver, a CI job. Existing files are kept.
struct InitCommand: AsyncParsableCommand, RunsProgram {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Set up grading of a client in this folder.",
        usage: "sparring init [OPTIONS] [-- COMMAND [ARGUMENT ...]]",
        discussion: """
            Writes sparring.yaml and known-failures.txt, and on request a driver and a CI job. With a program, grades \
            it at once and writes its failures to known-failures.txt; from then on `check` fails only for new \
            failures. Existing files are kept.

              sparring init -- python app.py
              sparring init --ci github -- python app.py
              sparring init --driver python
            """)

    @Option(help: "Write a CI job: github or gitlab.") var ci: ProjectFiles.CI?
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
        let project = ProjectFiles(command: command, driver: template, ci: ci)
        guard ci == nil || !project.graded.isEmpty else {
            throw CommandError("--ci needs the program to grade: sparring init --ci github -- python app.py", .usage)
        }
        for file in project.files { try write(file) }
        guard !command.isEmpty else {
            let next =
                template == nil
                ? "sparring check -- python app.py" : "sparring check -- \(project.graded.joined(separator: " "))"
            try StandardOutput.write("next    \(next)\n")
            return
        }
        try await grade()
    }

    private func write(_ file: ProjectFiles.File) throws {
        guard !FileManager.default.fileExists(atPath: file.path) else {
            try StandardOutput.write("kept    \(file.path)\n")
            return
        }
        try OutputFiles.write(file.text, to: file.path)
        try StandardOutput.write("wrote   \(file.path)\n")
    }

    /// The first run. Its failures become the known failures.
    private func grade() async throws {
        let flags = ["--known-failures", ProjectFiles.knownFailures, "--update-known-failures"]
        var check = try CheckCommand.parse(driver == nil ? flags : flags + ["--driver"])
        check.command = command
        try await check.run()
    }
}

extension ProjectFiles.CI: ExpressibleByArgument {}
