import ArgumentParser
import SparringJSON
import SparringScenario

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of a file or message format.",
        discussion: """
            The schema is one file that refers to no other file. Editors use the schema to complete and check YAML files:

              sparring schema scenario > scenario.schema.json

            Then begin each scenario with this line:

              # yaml-language-server: $schema=scenario.schema.json
            """)

    @Argument(
        help: ArgumentHelp("scenario, case, driver, fault, set or gateway.", valueName: "format"),
        completion: .list(BundledSchema.names))
    var name: String

    func run() throws {
        guard let schema = BundledSchema.named(name) else {
            throw CommandError(
                "no schema is called '\(name)'\(DidYouMean.question(name, among: BundledSchema.names)); "
                    + "the schemas are \(BundledSchema.names.joined(separator: ", "))", .usage)
        }
        try StandardOutput.print(JSONValue.object(schema).text(.pretty))
    }
}
