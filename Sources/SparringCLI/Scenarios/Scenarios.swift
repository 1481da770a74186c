import ArgumentParser
import Foundation
import SparringJSON
import SparringScenario

struct Scenarios: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List, show or copy the built-in scenarios.",
        discussion: """
              sparring scenarios
              sparring scenarios show flaky-weather
              sparring scenarios copy flaky-weather mine.yaml
            """,
        subcommands: [List.self, Show.self, Copy.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the built-in scenarios.")

        @Flag(help: "Print one JSON array, with the name and the summary of each scenario.") var json = false

        func run() throws {
            if json {
                let rows = BuiltIn.names.map { name -> JSONValue in
                    ["name": .string(name), "summary": .string(orNull: BuiltIn.summary(of: name))]
                }
                return try StandardOutput.print(JSONValue.array(rows).text(.pretty))
            }
            let width = BuiltIn.names.map(\.count).max() ?? 0
            for name in BuiltIn.names {
                try StandardOutput.print(
                    name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + (BuiltIn.summary(of: name) ?? ""))
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print a built-in scenario.")

        @Argument(help: "The name of the scenario.", completion: .list(BuiltIn.names)) var name: String

        func run() throws { try StandardOutput.write(try text(of: name)) }
    }

    struct Copy: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Copy a built-in scenario to a file of your own.",
            discussion: """
                The copy begins with a line that names the schema for editors. If the schema file is missing, it is \
                written to the same folder.
                """)

        private static let schemaName = "scenario.schema.json"
        /// The language server for YAML reads this comment.
        private static let editorLine = "# yaml-language-server: $schema=\(schemaName)\n"

        @Argument(help: "The name of the scenario.", completion: .list(BuiltIn.names)) var name: String
        @Argument(help: "The file to write. The default is NAME.yaml.") var file: String?

        func run() throws {
            let text = try text(of: name)
            let path = file ?? "\(name).yaml"
            guard !FileManager.default.fileExists(atPath: path) else {
                throw CommandError("\(path) exists; name another file", .usage)
            }
            try OutputFiles.write(Self.editorLine + text, to: path)
            try StandardOutput.print(path)
            let schema = URL(filePath: path).deletingLastPathComponent().appending(path: Self.schemaName).path
            guard !FileManager.default.fileExists(atPath: schema), let object = BundledSchema.named("scenario") else {
                return
            }
            try OutputFiles.write(JSONValue.object(object).text(.pretty) + "\n", to: schema)
            try StandardError.write("\(schema): the schema, for editors that complete and check YAML\n")
        }
    }
}

private func text(of name: String) throws -> String {
    if let text = BuiltIn.text(of: name) { return text }
    throw ScenarioFiles.unknown(name)
}
