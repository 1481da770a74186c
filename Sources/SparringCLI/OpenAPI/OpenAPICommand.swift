import ArgumentParser
import SparringAPI
import SparringScenario

struct OpenAPICommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openapi",
        abstract: "Make, list and compare documents of the API's operations.",
        discussion: """
            Sparring contains a document of all operations that the official Python package calls. Make a document \
            from the package that you use, so that mock and client agree:

              sparring openapi generate --python .venv/bin/python > openapi.json
              sparring serve --openapi openapi.json
              sparring openapi diff openapi.json
            """,
        subcommands: [OpenAPIList.self, OpenAPIGenerate.self, OpenAPIDiff.self], defaultSubcommand: OpenAPIList.self)
}

struct OpenAPIList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the operations by the names that scenarios use.",
        discussion: """
            emulated: checks and answers requests as the API does. retired: the API has shut the operation down. \
            generic: answers in the shape of the document.

              sparring openapi list
              sparring openapi list openapi.json
            """)

    @Argument(help: ArgumentHelp("A document; the default is the built-in document.", valueName: "file"))
    var file: String?

    func run() throws {
        let document = try file.map(ScenarioFiles.document) ?? .builtIn
        let rows = document.operations.map { operation in
            let state =
                operation.endpoint != nil
                ? "emulated" : RetiredFamily.day(of: operation) != nil ? "retired" : "generic"
            return [operation.endpoint?.rawValue ?? operation.name, operation.method, operation.path, state]
        }
        try StandardOutput.print(TextTable.lines(rows.sorted { $0[0] < $1[0] }).joined(separator: "\n"))
    }
}

struct OpenAPIDiff: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show the changes between two documents.",
        discussion: """
            Prints one line for each operation, parameter, member, choice and model that was added (+) or removed (-). The exit code \
            is 1 if there is a change.

              sparring openapi diff old.json new.json
              sparring openapi diff openapi.json    # from the built-in document
            """)

    @Argument(
        help: ArgumentHelp(
            "The older document. If only one document is given, it is compared with the built-in document.",
            valueName: "old")) var old: String

    @Argument(help: ArgumentHelp("The newer document.", valueName: "new")) var new: String?

    func run() throws {
        let before = try new == nil ? OpenAPIDocument.builtIn : ScenarioFiles.document(old)
        let after = try ScenarioFiles.document(new ?? old)
        let lines = DocumentDifference(from: before, to: after).lines
        try StandardOutput.print(
            "\(before.version) → \(after.version): "
                + (lines.isEmpty ? "no difference" : "\(lines.count) differences"))
        guard !lines.isEmpty else { return }
        try StandardOutput.print(lines.joined(separator: "\n"))
        throw ExitCode.failure
    }
}
