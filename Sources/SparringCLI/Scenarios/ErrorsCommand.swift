import ArgumentParser
import SparringAPI
import SparringJSON

struct ErrorsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "errors",
        abstract: "List the API's errors by the names that scenarios use.",
        discussion: """
            A step of a scenario sends an error by its name:

              - error: rate_limit_exceeded

            A step can replace every value of the error: see the reference of scenarios.

              sparring errors
              sparring errors show rate_limit_exceeded
              sparring errors --json
            """,
        subcommands: [List.self, Show.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List name, status, type and code of each error.")

        @Flag(help: "Print one JSON array.") var json = false

        func run() throws {
            let rows = ErrorCatalogue.rows
            if json { return try StandardOutput.print(JSONValue.array(rows.map(ErrorsCommand.object)).text(.pretty)) }
            let header = ["name", "status", "type", "code"]
            let cells = rows.map { [$0.name, "\($0.status)", $0.type ?? "-", $0.code ?? "-"] }
            try StandardOutput.print(TextTable.lines([header] + cells).joined(separator: "\n"))
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print one error with its message.")

        @Argument(help: "The name of the error.", completion: .list(ErrorCatalogue.names)) var name: String

        func run() throws {
            guard let row = ErrorCatalogue.rows.first(where: { $0.name == name }) else {
                let question = DidYouMean.question(name, among: ErrorCatalogue.names)
                let advice = "\(question.isEmpty ? ";" : question) `sparring errors` lists them"
                throw CommandError("no error is called '\(name)'\(advice)", .usage)
            }
            try StandardOutput.print(ErrorsCommand.object(row).text(.pretty))
        }
    }

    private static func object(_ row: ErrorCatalogue.Row) -> JSONValue {
        [
            "name": .string(row.name), "status": .int(row.status), "type": .string(orNull: row.type),
            "code": .string(orNull: row.code), "param": .string(orNull: row.param), "message": .string(row.message),
        ]
    }
}
